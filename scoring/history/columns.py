"""Columns of a history as they were written, read as times and numbers."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from scoring.history.errors import CannotScore

_OFFSET = r"\d[T ]?\s*\d{1,2}:\d{2}.*(Z|[+-]\d{2}:?\d{2})$"
_PLAIN = ("%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%Y%m%d")
_WITH_OFFSET = ("%Y-%m-%d %H:%M:%S%.f%#z", "%Y-%m-%d %H:%M:%S%#z", "%Y-%m-%d %H:%M%#z")


def read_instants(rows: pl.DataFrame, column: str, *, zone: str, path: Path) -> pl.Series:
    """Read a column as local days of the zone, as Date; empty where nothing was written.

    A time with an offset is an instant and is moved to the zone; one without is the zone's own. Raises CannotScore:
    `unreadable_times`, or `mixed_zones` where some have an offset and others have none.
    """
    written = rows[column]
    if written.dtype == pl.Date:
        return written
    if isinstance(written.dtype, pl.Datetime):
        local = written.dt.convert_time_zone(zone) if written.dtype.time_zone else written
        return local.dt.date()
    return _spelled(written.cast(pl.String).str.strip_chars(), zone=zone, path=path)


def _spelled(text: pl.Series, *, zone: str, path: Path) -> pl.Series:
    clean = (
        text.str.replace("T", " ", literal=True).str.replace(r"Z$", "+00:00").str.replace(r" ([+-]\d{2}:?\d{2})$", "$1")
    )
    clean = clean.set(clean == "", None)
    frame = pl.DataFrame({"text": clean})
    offset = clean.str.contains(_OFFSET).fill_null(value=False)
    plain = pl.coalesce(pl.col("text").str.to_datetime(each, strict=False, time_unit="us") for each in _PLAIN)
    exact = pl.coalesce(
        pl.col("text").str.to_datetime(each, strict=False, time_unit="us", time_zone="UTC") for each in _WITH_OFFSET
    )
    days = frame.select(
        plain=plain.dt.date(), exact=exact.dt.convert_time_zone(zone).dt.date(), offset=pl.lit(offset)
    ).select(day=pl.when("offset").then("exact").otherwise("plain"))["day"]
    wrong = days.is_null() & clean.is_not_null()
    if wrong.any():
        raise CannotScore("unreadable_times", path=path, rows=int(wrong.sum()), example=text.filter(wrong)[0])
    bare = ~offset & clean.is_not_null() & clean.str.contains(":")
    if offset.any() and bare.any():
        raise CannotScore("mixed_zones", path=path, rows=int(bare.sum()))
    return days


def read_numbers(rows: pl.DataFrame, column: str, *, path: Path) -> pl.Series:
    """Read a column as Float64; NaN and nothing are empty. Raises CannotScore for words and for infinity."""
    written = rows[column]
    if written.dtype.is_numeric():
        numbers = written.cast(pl.Float64)
    else:
        text = written.cast(pl.String).str.strip_chars()
        text = text.set(text.str.to_lowercase().is_in(["", "nan", "null", "none", "na"]), None)
        numbers = text.cast(pl.Float64, strict=False)
        wrong = numbers.is_null() & text.is_not_null()
        if wrong.any():
            example = text.filter(wrong)[0]
            raise CannotScore("unreadable_numbers", path=path, column=column, rows=int(wrong.sum()), example=example)
    numbers = numbers.fill_nan(None)
    if numbers.is_infinite().any():
        raise CannotScore("infinite_numbers", path=path, column=column, rows=int(numbers.is_infinite().sum()))
    return numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """What was done about rows that are not plain purchases, by count of rows."""

    later: int = 0
    without_member: int = 0
    without_time: int = 0
    without_amount: int = 0
    returns: int = 0
    copies: int = 0
