"""Histories from files: CSV or Parquet in, checked lines out, and nothing of the future.

Stated handling: rows after the as-of day are dropped before anything else is looked at; rows without a member or a
time are left out and counted; a negative amount or quantity is a return, which is no purchase; an empty amount or NaN
is a purchase of unknown money; an order that the file holds twice, line by line, is taken once.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import polars as pl
from polars.exceptions import PolarsError

from scoring.history.columns import Notes, read_instants, read_numbers
from scoring.history.errors import CannotScore

_LINE = ("member", "day", "known_day", "order", "category", "quantity", "amount", "is_return")
_ORDERS = 1
"""The seed of hashes of orders."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Lines up to the as-of day.

    `lines` has the columns that `history.visits` folds, orders as hashes of what was written, in an order that means
    nothing; `members` are the ids as the file wrote them, by number and in order.
    """

    lines: pl.DataFrame
    members: pl.Series
    notes: Notes


def read_rows(path: Path) -> pl.DataFrame:
    """Read a file by its ending; of CSV every column is text. Raises CannotScore."""
    try:
        match path.suffix.lower():
            case ".csv":
                return pl.read_csv(path, infer_schema=False)
            case ".parquet":
                return pl.read_parquet(path)
    except (PolarsError, OSError, UnicodeDecodeError) as error:
        words = str(error).splitlines()[0] if str(error) else type(error).__name__
        code = "empty_file" if "empty" in words else "unreadable_file"
        raise CannotScore(code, path=path, reason=words) from error
    raise CannotScore("unknown_format", path=path)


def read_history(
    path: Path, *, as_of: date, zone: str, needed: Collection[str] = ("member_id", "at", "amount")
) -> History:
    """Read a history. Columns that are neither needed nor there are filled in: one order a day, no category.

    `as_of` is the last day that counts, in the zone. A column `arrived_at`, where there is one, says when a row became
    known: rows that arrived later are dropped too. Raises CannotScore.
    """
    check_zone(zone)
    rows = read_rows(path)
    check_columns(rows.columns, path, needed)
    if not rows.height:
        raise CannotScore("empty_file", path=path)
    found, seen = history_of(rows, path=path, as_of=as_of, zone=zone)
    check_seen(seen, path=path, as_of=as_of)
    return found


def check_zone(zone: str) -> None:
    """Raise CannotScore where there is no such zone."""
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise CannotScore("unknown_zone", zone=zone) from error


def check_columns(present: Collection[str], path: Path, needed: Collection[str]) -> None:
    """Raise CannotScore where a column is missing."""
    if missing := [name for name in needed if name not in present]:
        raise CannotScore("missing_columns", path=path, missing=", ".join(missing), present=", ".join(present))


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was seen of a history or of a part of it: its first day, rows in time, purchases."""

    first: date | None = None
    rows: int = 0
    purchases: int = 0


def check_seen(seen: Seen, *, path: Path, as_of: date) -> None:
    """Raise CannotScore where the whole history has nothing in time, or no purchase."""
    if not seen.rows:
        raise CannotScore("nothing_before", path=path, as_of=as_of, first=seen.first)
    if not seen.purchases:
        raise CannotScore("no_purchases", path=path, as_of=as_of)


def history_of(rows: pl.DataFrame, *, path: Path, as_of: date, zone: str) -> tuple[History, Seen]:
    """Read rows of a history, or all rows of some of its members; `path` is for refusals. Raises CannotScore."""
    day = read_instants(rows, "at", zone=zone, path=path)
    known = read_instants(rows, "arrived_at", zone=zone, path=path) if "arrived_at" in rows.columns else day
    rows = rows.with_columns(day=day, known_day=pl.max_horizontal(day, known.fill_null(day)))
    in_time = rows.filter(pl.col("known_day") <= as_of)
    lines, notes = _checked(in_time, path)
    later = rows.filter(pl.col("known_day") > as_of).height
    first = day.min()
    seen = Seen(
        first=first if isinstance(first, date) else None,
        rows=in_time.height,
        purchases=lines.filter(~pl.col("is_return")).height,
    )
    return _numbered(lines, replace(notes, later=later, without_time=day.null_count())), seen


def _checked(rows: pl.DataFrame, path: Path) -> tuple[pl.DataFrame, Notes]:
    nothing = pl.Series("nothing", [None], dtype=pl.Float64).new_from_index(0, rows.height)
    amount = read_numbers(rows, "amount", path=path) if "amount" in rows.columns else nothing
    quantity = read_numbers(rows, "quantity", path=path) if "quantity" in rows.columns else nothing
    optional = {
        "order": pl.col("order_id") if "order_id" in rows.columns else pl.col("day"),
        "category": pl.col("category") if "category" in rows.columns else pl.lit(None, dtype=pl.String),
    }
    texts = {name: each.cast(pl.String) for name, each in optional.items()}
    texts["order"] = texts["order"].hash(_ORDERS)
    lines = rows.with_columns(amount=amount, quantity=quantity, **texts).with_columns(
        is_return=(pl.col("amount").fill_null(0) < 0) | (pl.col("quantity").fill_null(0) < 0),
        member=_present(rows["member_id"]),
        day=pl.col("day").cast(pl.Int32),
        known_day=pl.col("known_day").cast(pl.Int32),
    )
    named = lines.filter(pl.col("member").is_not_null()).select(_LINE)
    once = _once(named) if "order_id" in rows.columns else named
    notes = Notes(
        without_member=lines.height - named.height,
        without_amount=named["amount"].null_count() if "amount" in rows.columns else 0,
        returns=int(named["is_return"].sum()),
        copies=named.height - once.height,
    )
    return once, notes


def _present(member: pl.Series) -> pl.Series:
    """Give the ids with empty ones as null; whole numbers written as fractions (a frame with gaps) become whole."""
    if member.dtype.is_float():
        member = member.fill_nan(None)
        return member.cast(pl.Int64) if (member.drop_nulls() % 1 == 0).all() else member.cast(pl.String)
    return member.set(member.str.strip_chars() == "", None) if member.dtype == pl.String else member


def _once(lines: pl.DataFrame) -> pl.DataFrame:
    """Take an order once that is there several times over, every line of it; two like lines in an order are two."""
    if lines.hash_rows(_ORDERS).n_unique() == lines.height:
        return lines
    counted = lines.group_by(_LINE).agg(times=pl.len())
    whole = pl.col("times").min().over("member", "day", "order")
    times = counted.select(pl.col("times") // whole)["times"].to_numpy()
    return counted.select(_LINE)[np.repeat(np.arange(counted.height), times)]


def _numbered(lines: pl.DataFrame, notes: Notes) -> History:
    members = lines["member"].unique().sort()
    numbers = pl.DataFrame({"member": members}).with_row_index("number")
    ordered = lines.join(numbers, on="member").drop("member").rename({"number": "member"}).select(_LINE)
    return History(lines=ordered, members=members.alias("member_id"), notes=notes)
