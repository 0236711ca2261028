"""Features as of a cutoff: what was not known that day takes no part."""

from collections.abc import Sequence
from itertools import pairwise

import polars as pl

from scoring.features.traits import TRAITS, Trait

CHUNK_MEMBERS = 100_000
"""Members whose traits are taken at a time, so that the visits prepared for it need little memory."""


def features_at(visits: pl.DataFrame, cutoff_day: int, traits: Sequence[Trait] = TRAITS) -> pl.DataFrame:
    """Give one row for each member with a visit known by the end of the cutoff's day, in order of member.

    `visits` are in order of member and day. Columns: member, then the traits as Float64, empty where they say nothing.
    A member's traits are the same to the bit whoever else is among the visits, and with any number of threads.
    """
    last = int(visits["member"][-1]) if visits.height else 0
    if last < CHUNK_MEMBERS:
        return _of_some(visits, cutoff_day, traits)
    edges = visits["member"].search_sorted(list(range(0, last + CHUNK_MEMBERS + 1, CHUNK_MEMBERS))).to_list()
    chunks = pairwise(edges)
    return pl.concat([_of_some(visits[begin:end], cutoff_day, traits) for begin, end in chunks])


def _of_some(visits: pl.DataFrame, cutoff_day: int, traits: Sequence[Trait]) -> pl.DataFrame:
    known = pl.col("known_day") <= cutoff_day
    gap = pl.when(pl.col("member") == pl.col("member").shift()).then(pl.col("day").diff())
    frame = visits.lazy().filter(known).with_columns(ago=cutoff_day - pl.col("day"), gap=gap).collect()
    # In one piece and known to be sorted, a member's visits are added up one after another, never by threads.
    frame = frame.rechunk().with_columns(pl.col("member").set_sorted())
    wanted = [each.expression.alias(each.name) for each in traits]
    return frame.lazy().group_by("member", maintain_order=True).agg(wanted).collect()


def labels_at(visits: pl.DataFrame, members: pl.Series, cutoff_day: int, horizon_days: int) -> pl.DataFrame:
    """Give what the members bought on the days after the cutoff up to the horizon: visits and money, 0 for none."""
    coming = visits.lazy().filter(pl.col("day").is_between(cutoff_day + 1, cutoff_day + horizon_days)).collect()
    ordered = coming.rechunk().with_columns(pl.col("member").set_sorted()).lazy()
    bought = ordered.group_by("member", maintain_order=True).agg(
        visits_to_come=pl.len(), spend_to_come=pl.col("amount").sum()
    )
    asked = members.to_frame().lazy()
    joined = asked.join(bought, on="member", how="left", maintain_order="left")
    return joined.select(pl.col("visits_to_come", "spend_to_come").cast(pl.Float64).fill_null(0.0)).collect()
