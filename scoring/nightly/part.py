"""One part of a night: forecast, weights of reasons, dayparts and tastes of some members; none depends on others."""

from dataclasses import dataclass

import polars as pl

from scoring.arrays import Ints
from scoring.forecast.judged import judge
from scoring.forecast.learned import Learned
from scoring.nightly.dayparts import next_dayparts
from scoring.nightly.reasons import FAMILIES, weights_of
from scoring.partitions.judging import MEMBER, ids_of
from scoring.partitions.known import is_drawn
from scoring.taste.best import Tasted, best_of

FAVOURITES = 10
LIKED = pl.List(pl.Struct({"category": pl.String, "score": pl.Float64, "is_discovery": pl.Boolean}))
HABITS = ("recency_days", "age_days", "visits", "spend", *(family.number for family in FAMILIES))
"""Columns that segments and reasons are told from, once all members are there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NightBench:
    """What all parts of a night share; `hours` counts the shop's visits by daypart, `members` those of all parts."""

    learned: Learned
    as_of_day: int
    tasted: Tasted | None
    hours: Ints | None
    members: int
    keep: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PartOfNight:
    """`scores` has member_id, the columns of Judged, HABITS, the weight of each family, daypart and favourites.

    `traits` are those of the members that are drawn to be kept.
    """

    scores: pl.DataFrame
    traits: pl.DataFrame


def night_part(part: tuple[pl.DataFrame, ...], bench: NightBench) -> PartOfNight:
    """Score a part, given as its frames: members, visits, baskets and, where hours are known, hours."""
    members, visits, baskets, *hours = part
    seen, judged = judge(visits, bench.learned, bench.as_of_day)
    ids = ids_of(members, seen.members).with_columns(pl.col(MEMBER).cast(pl.String))
    habits = pl.DataFrame({name: seen.column(name) for name in dict.fromkeys(HABITS)})
    weights = weights_of(seen, bench.learned)
    weighed = pl.DataFrame({family.raises.value: weights[:, place] for place, family in enumerate(FAMILIES)})
    told = ids.hstack(judged.frame()).hstack(habits).hstack(weighed)
    told = told.with_columns(member=seen.members)
    told = _with_dayparts(told, hours[0] if hours else None, bench)
    told = told.join(_favourites(baskets, bench), on="member", how="left", maintain_order="left").drop("member")
    drawn = ids.select(is_drawn(bench.members, bench.keep)).to_series()
    traits = pl.DataFrame(dict(zip(seen.names, seen.values[drawn.to_numpy()].T, strict=True)))
    return PartOfNight(scores=told, traits=ids.filter(drawn).hstack(traits))


def _with_dayparts(told: pl.DataFrame, hours: pl.DataFrame | None, bench: NightBench) -> pl.DataFrame:
    if hours is None or bench.hours is None:
        return told.with_columns(daypart=pl.lit(None, dtype=pl.String))
    found = next_dayparts(hours, bench.hours)
    return told.join(found, on="member", how="left", maintain_order="left")


def _favourites(baskets: pl.DataFrame, bench: NightBench) -> pl.DataFrame:
    """Give member and favourites, a list for each."""
    if bench.tasted is None:
        return pl.DataFrame(schema={"member": pl.UInt32, "favourites": LIKED})
    found = best_of(baskets, bench.tasted, as_of_day=bench.as_of_day, top=FAVOURITES, watch=lambda *_: None)
    liked = found.select("member", favourites=pl.struct("category", "score", "is_discovery"))
    return liked.group_by("member", maintain_order=True).agg("favourites")
