"""The daypart of a member's next visit: their own habit, drawn to everybody's while there is little of it."""

from enum import StrEnum

import numpy as np
import polars as pl

from scoring.arrays import Ints

PRIOR_VISITS = 3.0
"""Everybody's habit counts like three visits of the member's own."""


class Daypart(StrEnum):
    """Hours of the local clock, half-open."""

    NIGHT = "night"
    MORNING = "morning"
    MIDDAY = "midday"
    AFTERNOON = "afternoon"
    EVENING = "evening"


_BEGINS = {Daypart.MORNING: 6, Daypart.MIDDAY: 11, Daypart.AFTERNOON: 14, Daypart.EVENING: 18, Daypart.NIGHT: 23}


def daypart_of_hour() -> pl.Expr:
    """Give the daypart of a column `hour`, 0 to 23, as its place in `Daypart`."""
    parts = list(Daypart)
    told = pl.lit(parts.index(Daypart.NIGHT))
    for part, hour in _BEGINS.items():
        told = pl.when(pl.col("hour") >= hour).then(pl.lit(parts.index(part))).otherwise(told)
    return told


def count_dayparts(visits: pl.DataFrame) -> Ints:
    """Count visits by daypart, in the order of `Daypart`. `visits` has an hour for each; a visit is a row."""
    return np.bincount(visits.select(daypart_of_hour()).to_series().to_numpy(), minlength=len(Daypart))


def next_dayparts(visits: pl.DataFrame, usual: Ints) -> pl.DataFrame:
    """Give member and daypart. `visits` has a member and an hour for each visit; `usual` counts everybody's visits.

    The smoothed personal mode: counts plus the prior's visits shared out as everybody's are; of two alike the one more
    usual among all.
    """
    parts = list(Daypart)
    told = visits.with_columns(part=daypart_of_hour())
    shares = usual / max(int(usual.sum()), 1)
    counted = told.group_by("member").agg(
        (pl.col("part") == place).sum().alias(str(place)) for place in range(len(parts))
    )
    counted = counted.sort("member")
    counts = counted.select(str(place) for place in range(len(parts))).to_numpy()
    smoothed = (counts + PRIOR_VISITS * shares) / (counts.sum(axis=1, keepdims=True) + PRIOR_VISITS)
    chosen = np.argmax(smoothed + shares * 1e-9, axis=1)
    names = pl.Series([part.value for part in parts], dtype=pl.String)
    return pl.DataFrame({"member": counted["member"], "daypart": names.gather(chosen)})
