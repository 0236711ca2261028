"""The whole grid: every shop, strength and policy, truth beside estimate; and the check that nothing is not found."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from scoring.measurement.assignment import places
from scoring.measurement.cuped import cuped
from scoring.simulator.course import World
from scoring.simulator.experiment import Finding, prepare, try_policy
from scoring.simulator.policies import POLICIES
from scoring.simulator.population import populate
from scoring.simulator.shop import Shop


class Strength(StrEnum):
    """How strong offers are; none was chosen by what a policy does with it.

    HILLSTROM adds 0.48 to the log of the rate on average while a first offer of 15 % lives; the two mails of that trial
    added 0.35 and 0.54 to the log of visits. NULL changes nobody.
    """

    NULL = "null"
    WEAK = "weak"
    MODERATE = "moderate"
    HILLSTROM = "hillstrom"


STRENGTHS = {Strength.NULL: 0.0, Strength.WEAK: 0.3, Strength.MODERATE: 1.0, Strength.HILLSTROM: 2.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One row of the grid."""

    shop: str
    strength: Strength
    policy: str
    finding: Finding

    @property
    def truth_inside(self) -> bool:
        """Say whether the estimate's interval holds the truth."""
        return self.finding.repeat.low <= self.finding.true_purchases <= self.finding.repeat.high


def simulate(
    shops: Iterable[Shop], *, members: int, seed: int, watch: Callable[[], None] = lambda: None
) -> Iterator[Cell]:
    """Give every cell of the grid in a fixed order; `watch` hears of each. The same seed gives the same bits.

    Members and every day's chance are the same for all strengths and policies of a shop.
    """
    for shop in shops:
        population = populate(shop, members=members, seed=seed)
        for strength, size in STRENGTHS.items():
            prepared = prepare(World(shop=shop, population=population, strength=size, seed=seed), salt=f"holdout{seed}")
            for name, policy in POLICIES.items():
                finding = try_policy(prepared, policy, seed=seed)
                watch()
                yield Cell(shop=shop.name, strength=strength, policy=name, finding=finding)


def nothing_found(shop: Shop, *, members: int, seed: int, rounds: int) -> float:
    """Give the share of A/A comparisons (two arms, nothing done) whose 95 % interval covers zero."""
    population = populate(shop, members=members, seed=seed)
    prepared = prepare(World(shop=shop, population=population, strength=0.0, seed=seed))
    ids = [str(number) for number in np.flatnonzero(prepared.members)]
    purchases, before = prepared.twin.purchases[prepared.members], prepared.before[prepared.members]
    covered = 0
    for number in range(rounds):
        first = places(ids, salt=f"aa{seed}:{number}") < 0.5  # noqa: PLR2004 - halves
        found = cuped(
            purchases[first], purchases[~first], treated_before=before[first], control_before=before[~first]
        ).adjusted
        covered += found.low <= 0 <= found.high
    return covered / rounds
