"""Features as of a cutoff, by hash partitions of members: what was not known that day takes no part."""

from collections.abc import Sequence

import polars as pl

from scoring.features.traits import TRAITS, Trait

PARTITION_VISITS = 2_000_000
"""Visits of one partition: about 300 MiB while the traits are taken of them."""


def features_at(visits: pl.DataFrame, cutoff_day: int, traits: Sequence[Trait] = TRAITS) -> pl.DataFrame:
    """Give one row for each member with a visit known by the end of the cutoff's day, in order of member.

    `visits` are in order of member and day. Columns: member, then the traits as Float64, empty where they say nothing.
    """
    parts = partitions_of(visits)
    found = [_of_partition(visits, part, parts, cutoff_day, traits) for part in range(parts)]
    return pl.concat(found).sort("member")


def partitions_of(visits: pl.DataFrame) -> int:
    """Give how many partitions keep each below the limit."""
    return max(1, -(-visits.height // PARTITION_VISITS))


def _of_partition(
    visits: pl.DataFrame, part: int, parts: int, cutoff_day: int, traits: Sequence[Trait]
) -> pl.DataFrame:
    known = pl.col("known_day") <= cutoff_day
    mine = known if parts == 1 else known & (pl.col("member") % parts == part)
    gap = pl.when(pl.col("member") == pl.col("member").shift()).then(pl.col("day").diff())
    frame = visits.lazy().filter(mine).with_columns(ago=cutoff_day - pl.col("day"), gap=gap)
    return frame.group_by("member").agg(each.expression.alias(each.name) for each in traits).collect()


def labels_at(visits: pl.DataFrame, members: pl.Series, cutoff_day: int, horizon_days: int) -> pl.DataFrame:
    """Give what the members bought on the days after the cutoff up to the horizon: visits and money, 0 for none."""
    coming = visits.lazy().filter(pl.col("day").is_between(cutoff_day + 1, cutoff_day + horizon_days))
    bought = coming.group_by("member").agg(visits_to_come=pl.len(), spend_to_come=pl.col("amount").sum())
    asked = members.to_frame().lazy()
    joined = asked.join(bought, on="member", how="left", maintain_order="left")
    return joined.select(pl.col("visits_to_come", "spend_to_come").cast(pl.Float64).fill_null(0.0)).collect()
