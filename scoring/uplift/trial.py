"""A randomised trial as numbers: traits known before, the arm drawn, the outcome after."""

from dataclasses import dataclass

import numpy as np

from scoring.arrays import Bools, Floats, Ints

CONTROL = 0
FEW_FOR = 5
MOST_WEIGHT = 20.0
"""A member drawn against great odds speaks for so many others at most: more would be noise (Ionides 2008)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One row per member. `traits` is members x traits, without NaN; `arms` counts from 0, which is the control.

    `chances` (members x arms) are those of each member's draw, where they are known; 0 where an arm could not come out.
    Without them every member is taken to have had the same, the arms' shares.
    """

    traits: Floats
    arms: Ints
    outcomes: Floats
    arm_count: int
    chances: Floats | None = None

    @property
    def yes_or_no(self) -> bool:
        """True when the outcome is a fact (0 or 1) and not an amount."""
        return bool(np.isin(self.outcomes, (0.0, 1.0)).all())

    @property
    def shares(self) -> Floats:
        """Give the share of members in each arm: the chance each had of it."""
        counts = np.bincount(self.arms, minlength=self.arm_count)
        return np.asarray(counts / self.arms.size, dtype=np.float64)

    @property
    def propensities(self) -> Floats:
        """Give the chance each member had of each arm: members x arms."""
        if self.chances is not None:
            return self.chances
        return np.broadcast_to(self.shares, (self.arms.size, self.arm_count))

    @property
    def weights(self) -> Floats:
        """Give what each member counts: the arm's share over their own chance of it, 1 for all in an even draw.

        Stabilised inverse propensities (Robins, Hernán, Brumback 2000), cut off at MOST_WEIGHT.
        """
        if self.chances is None:
            return np.ones(self.arms.size)
        own = self.chances[np.arange(self.arms.size), self.arms]
        weights: Floats = np.minimum(self.shares[self.arms] / own, MOST_WEIGHT)
        return weights

    def part(self, members: Bools) -> "Trial":
        """Give some of the members."""
        return Trial(
            traits=self.traits[members],
            arms=self.arms[members],
            outcomes=self.outcomes[members],
            arm_count=self.arm_count,
            chances=None if self.chances is None else self.chances[members],
        )

    def compared(self, arm: int) -> Bools:
        """Mark whom an arm and the control are compared on: who got either, and could have got the other."""
        chances = self.propensities
        open_to_both: Bools = (chances[:, arm] > 0) & (chances[:, CONTROL] > 0)
        drawn: Bools = (self.arms == arm) | (self.arms == CONTROL)
        return np.logical_and(open_to_both, drawn)

    def outcomes_seen(self, arm: int) -> int:
        """Count what an arm can be judged by: its members' and the control's outcomes of the rarer kind.

        Where chances differ, so many of an even draw would tell as much (Kish 1965). A side of few members tells
        little however many the other has: each of them counts for FEW_FOR at most.
        """
        compared = self.compared(arm)
        seen, weights = self.outcomes[compared] != 0, self.weights[compared]
        happened = _effective(weights[seen])
        fewest = FEW_FOR * min(int(np.count_nonzero(self.arms[compared] == side)) for side in (arm, CONTROL))
        return min(happened, fewest, _effective(weights[~seen]) if self.yes_or_no else happened)


def _effective(weights: Floats) -> int:
    return round(float(weights.sum() ** 2 / np.sum(weights**2))) if weights.size else 0


def folds(trial: Trial, *, count: int, seed: int) -> Ints:
    """Deal members into folds at random, arms and outcomes evenly: a thin outcome reaches every fold."""
    chance = np.random.default_rng(seed)
    order = np.lexsort((chance.random(trial.arms.size), trial.outcomes != 0, trial.arms))
    dealt = np.empty(trial.arms.size, dtype=np.int64)
    dealt[order] = np.arange(trial.arms.size) % count
    return dealt
