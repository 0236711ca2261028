"""Which earlier cutoffs a forecast learns from: their labels end by the day it is made, never after."""

from dataclasses import dataclass

from scoring.features.traits import YEAR_DAYS

STACKED = 8
LOOK_BACK_DAYS = 180
"""The season is measured on what members did in the last half-year: a history half a year old tells that in full."""
LEAST_BURN_IN_DAYS = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Cutoffs, latest first. `stacked` teach; the pair a year ago tells the season, where the history is old enough.

    `horizon_days` is what labels span here; less than was asked for where the history is too short for labels as long.
    """

    as_of_day: int
    horizon_days: int
    stacked: tuple[int, ...]
    year_ago: tuple[int, int] | None
    season_weight: float

    @property
    def latest(self) -> int:
        return self.stacked[0]

    @property
    def cutoffs(self) -> tuple[int, ...]:
        return tuple(sorted({*self.stacked, *(self.year_ago or ())}, reverse=True))


def calendar(first_day: int, as_of_day: int, horizon_days: int) -> Calendar | None:
    """Lay out the cutoffs for a history that begins on `first_day`; None where not even one fits."""
    least = first_day + min(max(horizon_days, 14), 60)
    step = max(7, min(30, horizon_days))
    latest = as_of_day - horizon_days
    stacked = tuple(day for day in range(latest, latest - STACKED * step, -step) if day >= least)
    if not stacked:
        return None
    now_then, before_then = as_of_day - YEAR_DAYS, latest - YEAR_DAYS
    burn_in = before_then - first_day
    weight = (burn_in - LEAST_BURN_IN_DAYS) / (LOOK_BACK_DAYS - LEAST_BURN_IN_DAYS)
    usable = weight > 0 and now_then + horizon_days <= as_of_day
    return Calendar(
        as_of_day=as_of_day,
        horizon_days=horizon_days,
        stacked=stacked,
        year_ago=(now_then, before_then) if usable else None,
        season_weight=min(1.0, weight) if usable else 0.0,
    )


def rehearsal_horizon(first_day: int, as_of_day: int, horizon_days: int) -> int:
    """Give the horizon of the labels: the one asked for, or a third of a history too short to try it twice."""
    span = as_of_day - first_day + 1
    return horizon_days if span >= 3 * horizon_days else max(1, span // 3)
