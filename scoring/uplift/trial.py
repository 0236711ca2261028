"""A randomised trial as numbers: traits known before, the arm drawn, the outcome after."""

from dataclasses import dataclass

import numpy as np

from scoring.arrays import Bools, Floats, Ints

CONTROL = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One row per member. `traits` is members x traits, without NaN; `arms` counts from 0, which is the control."""

    traits: Floats
    arms: Ints
    outcomes: Floats
    arm_count: int

    @property
    def yes_or_no(self) -> bool:
        """True when the outcome is a fact (0 or 1) and not an amount."""
        return bool(np.isin(self.outcomes, (0.0, 1.0)).all())

    @property
    def shares(self) -> Floats:
        """Give the share of members in each arm: the chance each had of it."""
        counts = np.bincount(self.arms, minlength=self.arm_count)
        return np.asarray(counts / self.arms.size, dtype=np.float64)

    def part(self, members: Bools) -> "Trial":
        """Give some of the members."""
        return Trial(
            traits=self.traits[members],
            arms=self.arms[members],
            outcomes=self.outcomes[members],
            arm_count=self.arm_count,
        )

    def outcomes_seen(self, arm: int) -> int:
        """Count what an arm can be judged by: its members' and the control's outcomes of the rarer kind."""
        seen = self.outcomes[(self.arms == arm) | (self.arms == CONTROL)]
        happened = int(np.count_nonzero(seen))
        return min(happened, seen.size - happened) if self.yes_or_no else happened


def folds(trial: Trial, *, count: int, seed: int) -> Ints:
    """Deal members into folds at random, arms and outcomes evenly: a thin outcome reaches every fold."""
    chance = np.random.default_rng(seed)
    order = np.lexsort((chance.random(trial.arms.size), trial.outcomes != 0, trial.arms))
    dealt = np.empty(trial.arms.size, dtype=np.int64)
    dealt[order] = np.arange(trial.arms.size) % count
    return dealt
