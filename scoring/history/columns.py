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


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """How many times are written with an offset, and how many without."""

    exact: int = 0
    bare: int = 0

    def __add__(self, other: "Ways") -> "Ways":
        return Ways(exact=self.exact + other.exact, bare=self.bare + other.bare)

    def check(self, path: Path) -> None:
        """Raise CannotScore where both are there: nobody knows what the bare ones mean."""
        if self.exact and self.bare:
            raise CannotScore("mixed_zones", path=path, rows=self.bare)


def ways_of_time(rows: pl.DataFrame, column: str) -> Ways:
    """Count how times are written; those of a column of times are all alike, as are days alone."""
    if rows[column].dtype.is_temporal():
        return Ways()
    return _ways(_clean(rows[column].cast(pl.String).str.strip_chars()))


def _ways(clean: pl.Series) -> Ways:
    offset = clean.str.contains(_OFFSET).fill_null(value=False)
    bare = ~offset & clean.str.contains(":").fill_null(value=False)
    return Ways(exact=int(offset.sum()), bare=int(bare.sum()))


def _clean(text: pl.Series) -> pl.Series:
    clean = (
        text.str.replace("T", " ", literal=True).str.replace(r"Z$", "+00:00").str.replace(r" ([+-]\d{2}:?\d{2})$", "$1")
    )
    return clean.set(clean == "", None)


def _spelled(text: pl.Series, *, zone: str, path: Path) -> pl.Series:
    clean = _clean(text)
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
    _ways(clean).check(path)
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
