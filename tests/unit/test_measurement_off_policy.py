"""Off-policy value: what another policy would have earned, from the log of the one that ran."""

import numpy as np
import pytest

from scoring.arrays import Floats
from scoring.measurement.errors import BadPropensity, UnevenArrays
from scoring.measurement.off_policy import Log, PolicyValue, doubly_robust, inverse_propensity, self_normalised

MEANS = np.array([1.0, 1.4, 0.7])
ROUNDS = 1500
VALUE = 1.685  # of the new policy: 0.1 * 1 + (0.8 - 0.3 t) * 1.4 + (0.1 + 0.3 t) * 0.7 + t, with t of mean 1/2


def logged(chance: np.random.Generator, members: int = 500) -> tuple[Log, Floats, Floats]:
    """A log of a policy that prefers by a trait, another policy's chances, and the truth per arm."""
    trait = chance.uniform(size=members)
    old = np.column_stack([0.2 + 0.4 * trait, 0.3 * np.ones(members), 0.5 - 0.4 * trait])
    arms = (chance.uniform(size=(members, 1)) > np.cumsum(old, axis=1)).sum(axis=1)
    truth = MEANS + trait[:, None]
    outcomes = truth[np.arange(members), arms] + chance.normal(size=members)
    new = np.column_stack([0.1 * np.ones(members), 0.8 - 0.3 * trait, 0.1 + 0.3 * trait])
    log = Log(arms=arms, propensities=old[np.arange(members), arms], outcomes=outcomes)
    return log, new, truth


@pytest.mark.parametrize("way", ["inverse", "self_normalised", "doubly_robust", "doubly_robust_wrong_model"])
def test_intervals_cover_the_value_of_the_policy_that_did_not_run(way: str) -> None:
    chance = np.random.default_rng(1)
    hits = []

    for _ in range(ROUNDS):
        log, new, truth = logged(chance)
        found = valued(way, log, new, truth)
        hits.append(found.low <= VALUE <= found.high)

    assert 0.93 <= sum(hits) / ROUNDS <= 0.97


def valued(way: str, log: Log, new: Floats, truth: Floats) -> PolicyValue:
    match way:
        case "inverse":
            return inverse_propensity(log, new)
        case "self_normalised":
            return self_normalised(log, new)
        case "doubly_robust":
            return doubly_robust(log, new, truth)
        case _:
            return doubly_robust(log, new, np.ones_like(truth) * 0.5)


def test_the_policy_that_ran_is_worth_what_it_earned() -> None:
    log, _, _ = logged(np.random.default_rng(2))
    same = np.full((log.arms.size, 3), 0.0)
    same[np.arange(log.arms.size), log.arms] = log.propensities

    found = inverse_propensity(log, same)

    assert found.value == pytest.approx(log.outcomes.mean())
    assert found.effective_members == pytest.approx(log.arms.size)
    assert found.trustworthy


def test_a_policy_that_was_hardly_ever_tried_is_not_trusted() -> None:
    log, _, _ = logged(np.random.default_rng(3), members=400)
    chances = np.zeros((400, 3))
    chances[:, 0] = 1.0
    chances[log.arms == 0, 0] = 0.0
    chances[log.arms == 0, 1] = 1.0
    chances[np.flatnonzero(log.arms == 0)[:5]] = [1.0, 0.0, 0.0]

    found = self_normalised(log, chances)

    assert not found.trustworthy
    assert found.effective_members <= 5


def test_without_any_overlap_nothing_is_known() -> None:
    log = Log(arms=np.array([0, 0]), propensities=np.array([0.5, 0.5]), outcomes=np.array([1.0, 2.0]))

    found = self_normalised(log, np.array([[0.0, 1.0], [0.0, 1.0]]))

    assert (found.low, found.high, found.effective_members) == (-np.inf, np.inf, 0)


@pytest.mark.parametrize("propensity", [0.0, -0.1, 1.2, float("nan")])
def test_a_propensity_that_cannot_be_is_refused(propensity: float) -> None:
    log = Log(arms=np.array([0, 1]), propensities=np.array([0.5, propensity]), outcomes=np.zeros(2))

    with pytest.raises(BadPropensity):
        inverse_propensity(log, np.full((2, 2), 0.5))


def test_arrays_of_different_members_are_refused() -> None:
    log = Log(arms=np.array([0, 1]), propensities=np.array([0.5, 0.5]), outcomes=np.zeros(3))

    with pytest.raises(UnevenArrays):
        inverse_propensity(log, np.full((2, 2), 0.5))
