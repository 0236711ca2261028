"""Coupons whose life is over, and on how many occasions each could have been used."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from scoring.exposures.outcomes import TRAIT_NAMES
from scoring.features.at_cutoff import features_at
from scoring.history.visits import day_number
from scoring.partitions.known import Known
from scoring.partitions.machines import Machines

_ROW = "row"


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponBench:
    """Coupons, numbered by `row`."""

    coupons: pl.DataFrame


def read_coupons(path: Path, *, as_of: date, zone: str) -> pl.DataFrame:
    """Read coupons as the night writes them; gives those whose last day is over, in order of day and id.

    `day` is the local day of the issue and `last_day` the last one on which they could be used, in days since 1970.
    """
    rows = pl.read_parquet(path)
    last = (pl.col("ends_at") - pl.duration(microseconds=1)).dt.convert_time_zone(zone).dt.date()
    told = rows.with_columns(
        day=pl.col("at").dt.convert_time_zone(zone).dt.date().to_physical(), last_day=last.to_physical()
    )
    return told.filter(pl.col("last_day") <= day_number(as_of)).drop("at", "ends_at").sort("day", "coupon_id")


def occasions_of(known: Known, coupons: pl.DataFrame, machines: Machines) -> pl.DataFrame:
    """Give the coupons in their order with their members' traits and `occasions`, at most `uses` and at least `used`.

    Traits are those known by the evening before the issue. An occasion is a day of purchase after that of the issue
    and within the coupon's life, of a coupon on a favourite one with the favourite in it: it is what decisions expect
    when they multiply purchases by the days a coupon lives, and by how often the favourite is in a basket. A use on the
    day of the issue is an occasion too; a purchase of that day without one may have come before the coupon did.
    """
    numbered = coupons.with_row_index(_ROW)
    parts = known.together("members", "visits", "baskets")
    found = pl.concat(list(machines.map(occasions_part, parts, CouponBench(coupons=numbered))))
    whole = numbered.join(found, on=_ROW, how="left", maintain_order="left").drop(_ROW)
    came = pl.max_horizontal(pl.col("came").fill_null(0), "used")
    return whole.with_columns(occasions=pl.min_horizontal(came, "uses")).drop("came")


def occasions_part(part: tuple[pl.DataFrame, ...], bench: CouponBench) -> pl.DataFrame:
    """Give `row`, traits and `came` of the coupons of some members: members, visits and baskets."""
    members, visits, baskets = part
    places = members.select(pl.col("member_id").cast(pl.String)).with_row_index("member")
    mine = bench.coupons.join(places, on="member_id").select(_ROW, "member", "day", "last_day", "category")
    mine = mine.with_columns(pl.col("member").cast(visits.schema["member"]))
    if not mine.height:
        return _nothing()
    any_goods = visits.select("member", came_on="day")
    plain = _count(mine.filter(pl.col("category").is_null()), any_goods)
    bought = baskets.filter(~pl.col("is_return") & pl.col("member").is_in(mine["member"].unique().implode()))
    liked = bought.select("member", pl.col("category").cast(pl.String), came_on="day").unique()
    on_favourite = _count(mine.filter(pl.col("category").is_not_null()), liked)
    told = [
        drawn.join(_traits(visits, drawn, int(str(day))), on="member", how="left")
        for (day,), drawn in mine.sort("day", _ROW).group_by("day", maintain_order=True)
    ]
    counted = pl.concat([plain, on_favourite])
    return pl.concat(told).join(counted, on=_ROW, how="left").select(_nothing().columns).cast(_nothing().schema)


def _traits(visits: pl.DataFrame, drawn: pl.DataFrame, day: int) -> pl.DataFrame:
    theirs = visits.filter(pl.col("member").is_in(drawn["member"].unique().implode()))
    return features_at(theirs, day - 1)


def _count(coupons: pl.DataFrame, days: pl.DataFrame) -> pl.DataFrame:
    """Count each coupon's days of purchase; `days` has the category too where the coupons are on favourites."""
    keys = ["member", "category"] if "category" in days.columns else ["member"]
    there = days.with_columns(pl.col("member").cast(coupons.schema["member"]))
    within = (pl.col("came_on") > pl.col("day")) & (pl.col("came_on") <= pl.col("last_day"))
    return coupons.join(there, on=keys).filter(within).group_by(_ROW).agg(came=pl.len().cast(pl.Int32))


def _nothing() -> pl.DataFrame:
    return pl.DataFrame(schema={_ROW: pl.UInt32, **dict.fromkeys(TRAIT_NAMES, pl.Float64), "came": pl.Int32})
