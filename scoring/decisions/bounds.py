"""The fences of personal prices: how far apart, how deep, and what they must never depend on."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from offers.model.protected import protected_among
from scoring.arrays import Floats, Ints
from scoring.decisions.errors import ProtectedTrait, SpreadTooWide
from scoring.measurement.effect import Effect, difference_in_means


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Shares of the price: the deepest discount, and how far two members may be apart."""

    deepest: float
    widest_spread: float


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupGap:
    """How much more discount one group got than everyone else, in shares of the price, with its interval."""

    group: str
    effect: Effect

    def worth_a_look(self, tolerance: float) -> bool:
        """True when the whole interval lies beyond a tolerated gap, in either direction."""
        return self.effect.low > tolerance or self.effect.high < -tolerance


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """What was decided, for whoever answers for it: spread of discounts, members per level, gaps between groups."""

    lowest: float
    highest: float
    mean: float
    members_at: tuple[tuple[float, int], ...]
    gaps: tuple[GroupGap, ...]


def refuse_protected(traits: Iterable[str]) -> None:
    """Raise ProtectedTrait when a decision would read a protected trait, also as part of a name (`member_gender`)."""
    if named := protected_among(traits):
        raise ProtectedTrait(traits=", ".join(named))


def refuse_wide(discounts: Floats, bounds: Bounds) -> None:
    """Raise SpreadTooWide when levels lie deeper or further apart than allowed; nothing counts as 0."""
    lowest, highest = min(0.0, float(discounts.min())), float(discounts.max())
    allowed = min(bounds.deepest, bounds.widest_spread)
    if highest - lowest > allowed:
        raise SpreadTooWide(lowest=lowest, highest=highest, allowed=allowed)


def audit(options: Ints, discounts: Floats, groups: dict[str, Floats]) -> Audit:
    """Describe given discounts. `options` are the knapsack's (0 is nothing), `discounts` the levels.

    `groups` mark members (1 or 0) by traits that decisions never saw: this is the only place where such a trait may be
    read. Groups of fewer than two members, or of all, are passed over.
    """
    given = np.concatenate([[0.0], discounts])[options]
    levels, counts = np.unique(given, return_counts=True)
    gaps = [
        GroupGap(group=name, effect=difference_in_means(given[inside == 1], given[inside != 1]))
        for name, inside in groups.items()
        if 1 < np.count_nonzero(inside == 1) < given.size - 1
    ]
    return Audit(
        lowest=float(given.min()),
        highest=float(given.max()),
        mean=float(given.mean()),
        members_at=tuple(zip(levels.tolist(), counts.tolist(), strict=True)),
        gaps=tuple(gaps),
    )
