"""Effects, CUPED, alarms and power: intervals cover what they promise to cover."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from scoring.measurement.assignment import is_held_out, places
from scoring.measurement.cuped import cuped
from scoring.measurement.effect import Verdict, difference_in_means
from scoring.measurement.errors import TooFewMembers, UnevenArrays
from scoring.measurement.mismatch import sample_ratio
from scoring.measurement.power import detectable_effect, members_needed, power_of
from scoring.measurement.sequential import look

ROUNDS = 1500


def coverage(hits: list[bool]) -> float:
    return sum(hits) / len(hits)


def test_the_interval_is_welchs() -> None:
    chance = np.random.default_rng(1)
    treated, control = chance.normal(5, 3, 40), chance.normal(4, 1, 90)

    effect = difference_in_means(treated, control)

    theirs = stats.ttest_ind(treated, control, equal_var=False)
    interval = theirs.confidence_interval(0.95)
    assert effect.p_value == pytest.approx(theirs.pvalue)
    assert (effect.low, effect.high) == pytest.approx((interval.low, interval.high))


def test_intervals_cover_the_truth_where_arms_differ_in_size_and_spread() -> None:
    chance = np.random.default_rng(2)
    absolute, relative = [], []

    for _ in range(ROUNDS):
        effect = difference_in_means(chance.gamma(2.0, 1.1, 300), chance.gamma(1.0, 2.0, 900))
        absolute.append(effect.low <= 0.2 <= effect.high)
        assert effect.relative_low is not None
        assert effect.relative_high is not None
        relative.append(effect.relative_low <= 0.1 <= effect.relative_high)

    assert 0.93 <= coverage(absolute) <= 0.97
    assert 0.93 <= coverage(relative) <= 0.97


def test_without_an_effect_the_verdict_is_mostly_that_nobody_can_tell() -> None:
    chance = np.random.default_rng(3)

    verdicts = [difference_in_means(*chance.poisson(0.3, (2, 500)).astype(float)).verdict for _ in range(ROUNDS)]

    assert 0.93 <= verdicts.count(Verdict.CANNOT_TELL) / ROUNDS <= 0.97


def test_nothing_varies_and_nothing_divides_by_zero() -> None:
    same = difference_in_means(np.zeros(5), np.zeros(5))
    apart = difference_in_means(np.ones(5), np.zeros(5))

    assert (same.low, same.high, same.p_value, same.relative) == (0, 0, 1, None)
    assert (apart.verdict, apart.p_value) == (Verdict.UP, 0)


def test_one_member_is_no_arm() -> None:
    with pytest.raises(TooFewMembers) as refusal:
        difference_in_means(np.ones(1), np.zeros(5))

    assert refusal.value.facts() == {"members": 1, "needed": 2}


def test_a_total_scales_the_whole_interval() -> None:
    effect = difference_in_means(np.array([1.0, 3.0]), np.array([0.0, 1.0]))

    assert effect.total(1000) == (effect.low * 1000, effect.absolute * 1000, effect.high * 1000)


def test_cuped_narrows_the_interval_and_still_covers() -> None:
    chance = np.random.default_rng(4)
    hits, narrower = [], []

    for _ in range(ROUNDS):
        before = chance.gamma(1.0, 2.0, (2, 400))
        after = chance.poisson(before) + np.array([[0.5], [0.0]])
        found = cuped(after[0], after[1], treated_before=before[0], control_before=before[1])
        hits.append(found.adjusted.low <= 0.5 <= found.adjusted.high)
        narrower.append(found.adjusted.standard_error / found.plain.standard_error)

    assert 0.93 <= coverage(hits) <= 0.97
    assert np.mean(narrower) < 0.7
    assert found.variance_removed == pytest.approx(2 / 3, abs=0.15)


def test_cuped_takes_several_traits_and_a_constant_changes_nothing() -> None:
    chance = np.random.default_rng(5)
    metric, control = chance.normal(1, 1, 50), chance.normal(0, 1, 60)

    constant = cuped(metric, control, treated_before=np.ones(50), control_before=np.ones(60))
    several = cuped(metric, control, treated_before=np.ones((50, 3)), control_before=np.ones((60, 3)))

    assert constant.adjusted.absolute == several.adjusted.absolute == pytest.approx(constant.plain.absolute)
    assert constant.variance_removed == pytest.approx(0)


def test_cuped_refuses_members_without_their_past() -> None:
    with pytest.raises(UnevenArrays):
        cuped(np.ones(5), np.ones(5), treated_before=np.ones(4), control_before=np.ones(5))


@pytest.mark.parametrize(("members", "blocks"), [((5000, 5000), False), ((5000, 5100), False), ((5000, 5400), True)])
def test_arms_of_other_sizes_than_planned_block_the_report(members: tuple[int, int], blocks: bool) -> None:  # noqa: FBT001
    found = sample_ratio({"treated": members[0], "held_out": members[1]}, {"treated": 1, "held_out": 1})

    assert found.blocks is blocks


def test_the_alarm_hardly_ever_rings_for_nothing() -> None:
    chance = np.random.default_rng(6)
    rung = [
        sample_ratio({"a": int(a), "b": 10_000 - int(a)}, {"a": 0.9, "b": 0.1}).blocks
        for a in chance.binomial(10_000, 0.9, 5000)
    ]

    assert sum(rung) <= 15


def test_an_arm_nobody_planned_is_a_mismatch_and_an_empty_trial_is_none() -> None:
    assert sample_ratio({"a": 10, "b": 10, "c": 1}, {"a": 1, "b": 1}).blocks
    assert not sample_ratio({}, {"a": 1, "b": 1}).blocks
    assert sample_ratio({"a": 500}, {"a": 1, "b": 1}).blocks


def test_the_detectable_effect_is_detected_as_often_as_promised() -> None:
    effect = detectable_effect(deviation=2.0, treated_members=900, control_members=300)
    chance = np.random.default_rng(7)

    noticed = [
        difference_in_means(chance.normal(effect, 2, 900), chance.normal(0, 2, 300)).verdict is Verdict.UP
        for _ in range(ROUNDS)
    ]

    assert coverage(noticed) == pytest.approx(0.8, abs=0.03)


@given(st.floats(0.1, 10), st.floats(0.05, 5), st.floats(0.1, 0.9))
def test_needed_members_and_detectable_effect_are_two_sides_of_one_thing(
    deviation: float, effect: float, share: float
) -> None:
    members = members_needed(deviation=deviation, effect=effect, treated_share=share)
    treated, control = members * share, members * (1 - share)

    assert members * share * (1 - share) * (effect / deviation) ** 2 >= 7.84
    spread = deviation * math.sqrt(1 / treated + 1 / control)
    assert (stats.norm.ppf(0.975) + stats.norm.ppf(0.8)) * spread <= effect * (1 + 1e-9)


def test_power_without_an_effect_is_alpha() -> None:
    assert power_of(deviation=1, effect=0, treated_members=50, control_members=50) == pytest.approx(0.05)
    assert power_of(deviation=1, effect=0.56, treated_members=50, control_members=50) == pytest.approx(0.8, abs=0.01)


def test_looking_every_day_does_not_find_what_is_not_there() -> None:
    chance = np.random.default_rng(8)
    fooled_once = fooled_naively = 0

    for _ in range(200):
        treated, control = chance.poisson(0.5, (2, 2000)).astype(float)
        days = range(200, 2001, 200)
        effects = [difference_in_means(treated[:day], control[:day]) for day in days]
        looks = [look(effect, planned_members=4000) for effect in effects]
        fooled_naively += any(effect.verdict is not Verdict.CANNOT_TELL for effect in effects)
        fooled_once += any(each.verdict is not Verdict.CANNOT_TELL for each in looks)

    assert fooled_once / 200 <= 0.05
    assert fooled_naively / 200 > 0.15


def test_looking_finds_what_is_there() -> None:
    chance = np.random.default_rng(9)

    effect = difference_in_means(chance.normal(0.3, 1, 2000), chance.normal(0, 1, 2000))

    assert look(effect, planned_members=4000).verdict is Verdict.UP
    assert look(effect, planned_members=4000).high - effect.absolute > effect.high - effect.absolute


@settings(max_examples=30)
@given(st.text(max_size=20), st.text(min_size=1, max_size=20))
def test_a_larger_holdout_keeps_whoever_was_out(member_id: str, salt: str) -> None:
    if is_held_out(member_id, salt=salt, holdout_share=0.1):
        assert is_held_out(member_id, salt=salt, holdout_share=0.3)


def test_places_are_even_and_two_salts_know_nothing_of_each_other() -> None:
    ids = [f"m{number}" for number in range(20_000)]

    first, second = places(ids, salt="spring"), places(ids, salt="autumn")

    assert stats.kstest(first, "uniform").pvalue > 0.001
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.025
    assert np.array_equal(first, places(ids, salt="spring"))
