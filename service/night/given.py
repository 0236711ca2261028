"""What draws cost: the discounts really given, and the template's margin, beside each draw of a log of exposures."""

from datetime import datetime
from pathlib import Path

import polars as pl

from offers.model.coupon_life import CouponGiven
from offers.model.exposure import NOTHING
from offers.model.ids import MemberId
from offers.model.personal import PERSONAL, PointsLevels
from offers.model.personal_run import PersonalRunId, pick_key
from offers.model.programme import Programme
from offers.store.coupon_lives import BATCH
from offers.store.store import Store

_GIVEN: dict[str, pl.DataType | type[pl.DataType]] = {
    "occurrence": pl.String,
    "member_id": pl.String,
    "used_at": pl.Datetime("us", "UTC"),
    "given": pl.Float64,
}


async def add_given(store: Store, programme: Programme, log: Path, *, until: datetime) -> None:
    """Put `given` and `margin_bp` into a log of draws from the database.

    `given` is what the draw's coupon took off purchases within its horizon, by receipts known at an instant. The margin
    is the template's, empty where none is known: of other campaigns, and of points, whose cost is not known before they
    are spent.
    """
    reading = store.reading
    templates = (await reading.rulebooks.get(programme.id)).templates
    money = [each for each in templates if not isinstance(each.levels, PointsLevels)]
    known = {each.campaign: each.guardrails.margin_bp for each in money}
    rows = pl.read_parquet(log).with_row_index("row")
    uses = [pl.DataFrame(schema=_GIVEN)]
    for drawn in _given_something(rows).iter_slices(BATCH):
        picks = [pick_key(PersonalRunId(run), MemberId(member)) for run, member in drawn.iter_rows()]
        uses.append(_frame(await reading.coupon_lives.given(picks, until=until)))
    told = rows.join(_within(rows, pl.concat(uses), programme.zone), on="row", how="left", maintain_order="left")
    margin = pl.col("campaign").replace_strict(known, default=None, return_dtype=pl.Int32)
    beside = log.with_suffix(".whole")
    told.drop("row").with_columns(pl.col("given").fill_null(0.0), margin_bp=margin).write_parquet(beside)
    beside.replace(log)


def _given_something(rows: pl.DataFrame) -> pl.DataFrame:
    """Give the run and the member it decided about, of draws that gave a personal offer."""
    personal = rows.filter(pl.col("campaign").str.starts_with(PERSONAL) & (pl.col("arm") != NOTHING))
    return personal.select("occurrence", "drawn_for")


def _within(rows: pl.DataFrame, uses: pl.DataFrame, zone: str) -> pl.DataFrame:
    """Sum what was given on the local days of each draw's horizon, by `row`."""
    drawn = rows.select("row", "occurrence", "member_id", "horizon_days", day=_day("at", zone))
    held = drawn.join(uses.with_columns(used_on=_day("used_at", zone)), on=["occurrence", "member_id"])
    after = (pl.col("used_on") - pl.col("day")).dt.total_days()
    within = held.filter((after >= 0) & (after < pl.col("horizon_days")))
    return within.group_by("row").agg(pl.col("given").sum())


def _day(column: str, zone: str) -> pl.Expr:
    return pl.col(column).dt.convert_time_zone(zone).dt.date()


def _frame(uses: list[CouponGiven]) -> pl.DataFrame:
    columns: dict[str, list[object]] = {
        "occurrence": [each.run_id for each in uses],
        "member_id": [each.member_id for each in uses],
        "used_at": [each.at for each in uses],
        "given": [float(each.given_minor) for each in uses],
    }
    return pl.DataFrame(columns, schema=_GIVEN)
