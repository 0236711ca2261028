"""Columns of a marketer's table, however they were written, as numbers."""

import re

import numpy as np
import polars as pl

from scoring.arrays import Floats

TRUE, FALSE = frozenset({"1", "1.0", "true", "yes", "да"}), frozenset({"0", "0.0", "false", "no", "нет"})
_NOTHING = ("", "nan", "null", "none", "na", "n/a", "-")
_INSTANTS = ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%d.%m.%Y", "%d.%m.%Y %H:%M")
_NAMES_ROWS = re.compile(r"(^|_|\b)(id|ids|uuid|guid|key|row|index|number|no|nr|card|phone)$", re.IGNORECASE)
_FEWEST_ROWS = 20


def as_numbers(column: pl.Series) -> Floats | None:
    """Give a column as numbers, facts as 0 and 1, instants and spans in days; None where it holds words.

    What is absent, infinite or no number is NaN. Texts count where every one of them can be read the same way.
    """
    if column.dtype == pl.String:
        return _spelled(column)
    return _plain(column)


def numbers_of(column: pl.Series) -> Floats:
    """Give a column of which numbers are expected, as `as_numbers`; each word among them is NaN."""
    found = as_numbers(column)
    if found is not None:
        return found
    text = column.cast(pl.String, strict=False)
    return _finite(_known(text).cast(pl.Float64, strict=False))


def names_rows(column: pl.Series, values: Floats) -> bool:
    """Say whether numbers only tell rows apart: whole, each another one, and in a row or called an id."""
    known = values[np.isfinite(values)]
    if known.size < _FEWEST_ROWS or np.any(known % 1) or np.unique(known).size < known.size:
        return False
    return bool(known.max() - known.min() + 1 == known.size or _NAMES_ROWS.search(column.name))


def _spelled(column: pl.Series) -> Floats | None:
    known = _known(column)
    there = known.is_not_null()
    if not there.any():
        return np.full(len(column), np.nan)
    lower = known.str.to_lowercase()
    if lower.drop_nulls().is_in(list(TRUE | FALSE)).all():
        return _finite(lower.is_in(list(TRUE)).cast(pl.Float64).set(~there, None))
    numbers = known.cast(pl.Float64, strict=False)
    if (numbers.is_not_null() == there).all():
        return _finite(numbers)
    for each in _INSTANTS:
        instants = known.str.to_datetime(each, strict=False, time_unit="us")
        if (instants.is_not_null() == there).all():
            return _plain(instants)
    return None


def _known(text: pl.Series) -> pl.Series:
    text = text.str.strip_chars()
    return text.set(text.str.to_lowercase().is_in(list(_NOTHING)), None)


def _plain(column: pl.Series) -> Floats | None:
    kind = column.dtype
    if kind == pl.Boolean or kind.is_numeric():
        return _finite(column.cast(pl.Float64))
    if kind == pl.Date:
        return _finite(column.to_physical().cast(pl.Float64))
    if isinstance(kind, pl.Datetime):
        return _finite(column.dt.epoch("us").cast(pl.Float64) / 86_400_000_000)
    if isinstance(kind, pl.Duration):
        return _finite(column.dt.total_microseconds().cast(pl.Float64) / 86_400_000_000)
    if kind == pl.Time:
        return _finite(column.to_physical().cast(pl.Float64) / 86_400_000_000_000)
    return None


def _finite(numbers: pl.Series) -> Floats:
    values = numbers.fill_null(float("nan")).to_numpy().astype(np.float64)
    return np.where(np.isfinite(values), values, np.nan)
