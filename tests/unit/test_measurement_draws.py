"""Draws with chances of each member's own: the check of the draw, and effects whose intervals cover the truth."""

import numpy as np
import pytest

from scoring.arrays import Floats, Ints
from scoring.measurement.draws import draw_ratio, effect_of_draw
from scoring.measurement.effect import Verdict, difference_in_means
from scoring.measurement.errors import TooFewMembers, UnevenArrays
from scoring.measurement.mismatch import sample_ratio

EFFECT = 0.5


def a_draw(chance: np.random.Generator, members: int) -> tuple[Ints, Floats, Floats, Floats]:
    """Give arms, chances, outcomes and spend before: the keen are drawn for the arm thrice as often."""
    keen = chance.random(members) < 0.4
    chances = np.column_stack([np.where(keen, 0.3, 0.7), np.where(keen, 0.6, 0.2), np.full(members, 0.1)])
    drawn = (chance.random(members)[:, None] > np.cumsum(chances, axis=1)[:, :2]).sum(axis=1)
    before = chance.gamma(2, 1, members) + 2 * keen
    outcomes = before + chance.normal(0, 1, members) + EFFECT * (drawn == 1)
    return drawn.astype(np.int64), chances, outcomes, before


def test_intervals_cover_the_truth_and_the_naive_difference_does_not() -> None:
    chance = np.random.default_rng(8)
    covered = narrowed = naive = 0
    for _ in range(300):
        drawn, chances, outcomes, before = a_draw(chance, 600)
        plain = effect_of_draw(outcomes, drawn, chances, 1).effect
        adjusted = effect_of_draw(outcomes, drawn, chances, 1, before=before).effect
        simple = difference_in_means(outcomes[drawn == 1], outcomes[drawn == 0])
        covered += (plain.low <= EFFECT <= plain.high) + (adjusted.low <= EFFECT <= adjusted.high)
        narrowed += adjusted.high - adjusted.low < plain.high - plain.low
        naive += simple.low <= EFFECT <= simple.high

    assert 0.92 <= covered / 600 <= 0.98
    assert narrowed == 300
    assert naive < 30


def test_an_even_draw_gives_what_welch_gives() -> None:
    chance = np.random.default_rng(1)
    drawn = chance.integers(0, 2, 5_000)
    outcomes = chance.gamma(2, 1, 5_000) + 0.1 * drawn

    found = effect_of_draw(outcomes, drawn, np.full((5_000, 2), 0.5), 1).effect
    welch = difference_in_means(outcomes[drawn == 1], outcomes[drawn == 0])

    assert found.absolute == pytest.approx(welch.absolute)
    assert found.standard_error == pytest.approx(welch.standard_error, rel=1e-3)
    assert (found.relative, found.p_value) == (pytest.approx(welch.relative), pytest.approx(welch.p_value, rel=0.05))
    assert (found.low, found.high) == (pytest.approx(welch.low, abs=2e-3), pytest.approx(welch.high, abs=2e-3))


def test_few_members_or_great_odds_cannot_tell() -> None:
    drawn = np.arange(120) % 2
    outcomes = drawn + np.random.default_rng(1).normal(0, 0.1, 120)

    few = effect_of_draw(outcomes, drawn, np.full((120, 2), 0.5), 1)

    assert few.effect.verdict is Verdict.UP
    assert few.verdict is Verdict.CANNOT_TELL
    assert few.effective == (pytest.approx(60), pytest.approx(60))


def test_who_could_not_have_got_the_arm_is_not_compared() -> None:
    chance = np.random.default_rng(2)
    drawn, chances, outcomes, _ = a_draw(chance, 2_000)
    closed = np.arange(2_000) < 800
    chances[closed], drawn[closed] = [1.0, 0.0, 0.0], 0

    found = effect_of_draw(outcomes, drawn, chances, 1).effect
    alone = effect_of_draw(outcomes[~closed], drawn[~closed], chances[~closed], 1).effect

    assert found == alone


def test_a_draw_by_its_chances_passes_and_a_bent_one_does_not() -> None:
    chance = np.random.default_rng(3)
    found = [draw_ratio(*a_draw(chance, 2_000)[:2]).p_value for _ in range(400)]
    drawn, chances, *_ = a_draw(chance, 20_000)
    bent = np.where((drawn == 1) & (np.arange(20_000) % 20 == 0), 0, drawn)

    assert 0.02 <= np.mean(np.array(found) < 0.05) <= 0.08
    assert draw_ratio(bent, chances).blocks


def test_an_even_draw_is_checked_as_a_sample_ratio_is() -> None:
    drawn = np.repeat([0, 1], [530, 470])

    found = draw_ratio(drawn, np.full((1_000, 2), 0.5))
    usual = sample_ratio({"a": 530, "b": 470}, {"a": 0.5, "b": 0.5})

    assert found.chi_square == pytest.approx(usual.chi_square)
    assert found.p_value == pytest.approx(usual.p_value)


def test_an_arm_nobody_could_get_is_a_mismatch_and_one_arm_alone_is_none() -> None:
    assert draw_ratio(np.array([0, 1]), np.array([[0.5, 0.5], [1.0, 0.0]])).blocks
    assert draw_ratio(np.array([0, 0]), np.array([[1.0, 0.0], [1.0, 0.0]])).p_value == 1.0


def test_what_cannot_be_compared_is_refused() -> None:
    with pytest.raises(TooFewMembers):
        effect_of_draw(np.ones(4), np.array([0, 0, 0, 1]), np.full((4, 2), 0.5), 1)
    with pytest.raises(UnevenArrays):
        effect_of_draw(np.ones(3), np.array([0, 0, 1, 1]), np.full((4, 2), 0.5), 1)


def test_a_number_that_never_varies_takes_nothing_out() -> None:
    chance = np.random.default_rng(6)
    drawn, chances, outcomes, _ = a_draw(chance, 500)

    same = effect_of_draw(outcomes, drawn, chances, 1, before=np.ones(500))

    assert same.variance_removed == 0
    assert same.effect == effect_of_draw(outcomes, drawn, chances, 1).effect
