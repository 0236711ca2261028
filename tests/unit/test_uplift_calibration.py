"""One spread for all arms of a trial, as far as members unseen bear it out."""

import numpy as np
import pytest

from scoring.arrays import Floats
from scoring.uplift.calibration import calibrate
from scoring.uplift.trial import Trial

BASE, MEANS, SPREAD = 0.2, (0.06, 0.04), 0.2


def two_offers(seed: int, members: int = 9_000) -> tuple[Trial, Floats]:
    """Give a trial of two offers, and what is truly to be expected of each member under each arm."""
    chance = np.random.default_rng(seed)
    open_ = chance.random(members)
    effects = [mean + SPREAD * (open_ - 0.5) for mean in MEANS]
    truth = np.column_stack([np.full(members, BASE), *(BASE + effect for effect in effects)])
    arms = chance.integers(0, 3, members)
    outcomes = chance.random(members) < truth[np.arange(members), arms]
    trial = Trial(traits=open_[:, None], arms=arms, outcomes=outcomes.astype(np.float64), arm_count=3)
    return trial, truth


def test_arms_share_a_slope_so_that_none_is_the_best_by_a_steeper_one() -> None:
    trial, truth = two_offers(seed=1)

    first, second = calibrate(trial, truth, told_apart={1, 2})

    assert (first.slope, first.slope_error) == (second.slope, second.slope_error)
    assert 0.5 < first.slope <= 1
    assert [first.effect, second.effect] == pytest.approx(MEANS, abs=0.04)
    assert first.effect != second.effect


def test_what_was_said_twice_too_strongly_is_halved() -> None:
    slopes = []
    for seed in range(20):
        trial, truth = two_offers(seed)
        loud = BASE + 2 * (truth - BASE)
        slopes.append(calibrate(trial, loud, told_apart={1, 2})[0])

    found, error = np.array([each.slope for each in slopes]), slopes[0].slope_error
    assert found.mean() == pytest.approx(0.5, abs=3 * error / np.sqrt(20))
    assert error == pytest.approx(found.std(ddof=1), rel=0.5)


def test_the_spread_of_a_score_that_tells_nothing_is_all_but_gone() -> None:
    trial, _ = two_offers(seed=2)
    noise = BASE + np.column_stack([np.zeros(9_000), np.random.default_rng(9).normal(0, SPREAD, (9_000, 2))])

    told = calibrate(trial, noise, told_apart={1, 2})

    assert all(0 < each.slope < 0.2 for each in told)


def test_an_arm_of_few_outcomes_has_no_say_in_the_slope_of_the_others() -> None:
    trial, truth = two_offers(seed=3)
    turned = truth.copy()
    turned[:, 2] = 2 * BASE - truth[:, 2]

    alone = calibrate(trial, truth, told_apart={1})
    beside_it = calibrate(trial, turned, told_apart={1})

    assert beside_it[0] == alone[0]
    assert (beside_it[1].slope, beside_it[1].slope_error) == (0.0, 0.0)


def test_members_who_could_not_get_an_arm_are_told_nothing_of_and_tell_nothing() -> None:
    trial, truth = two_offers(seed=4)
    closed = np.arange(9_000) < 3_000
    chances = np.where(closed[:, None], [0.5, 0.5, 0.0], [1 / 3, 1 / 3, 1 / 3])
    arms = np.where(closed & (trial.arms == 2), 0, trial.arms)
    outcomes = np.where(closed, 1.0, trial.outcomes)
    part = Trial(traits=trial.traits, arms=arms, outcomes=outcomes, arm_count=3, chances=chances)

    second = calibrate(part, truth, told_apart={2})[1]

    assert second.effect == pytest.approx(MEANS[1], abs=3 * second.effect_error)
    assert second.slope > 0.3
