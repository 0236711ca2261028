"""Columns of a table as traits for the learners: numbers, facts and categories, fitted on the training file only."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from scoring.arrays import Floats

_MOST_CATEGORIES = 30
_FEWEST_OF_A_CATEGORY = 20
_MOST_DISTINCT_SHARE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberTrait:
    """A number; an absent one gets the median, and a fact of its own where the training file had any absent."""

    column: str
    median: float
    sometimes_absent: bool

    def encode(self, table: pl.DataFrame) -> list[Floats]:
        values = _numbers(table[self.column])
        absent = ~np.isfinite(values)
        filled = np.where(absent, self.median, values)
        return [filled, absent.astype(np.float64)] if self.sometimes_absent else [filled]


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryTrait:
    """One fact for each frequent category; rare, new and absent ones are none of them."""

    column: str
    categories: tuple[str, ...]

    def encode(self, table: pl.DataFrame) -> list[Floats]:
        values = table[self.column].cast(pl.String)
        return [(values == each).fill_null(value=False).to_numpy().astype(np.float64) for each in self.categories]


Trait = NumberTrait | CategoryTrait


def fit_traits(table: pl.DataFrame, columns: list[str]) -> tuple[Trait, ...]:
    """Say how each column becomes numbers; columns that tell nothing (constant, free text, ids) are left out."""
    fitted = (_fit(table[column]) for column in columns)
    return tuple(trait for trait in fitted if trait is not None)


def encode(table: pl.DataFrame, traits: tuple[Trait, ...]) -> Floats:
    """Give members x traits, without NaN."""
    return np.column_stack([values for trait in traits for values in trait.encode(table)])


def is_number(column: pl.Series) -> bool:
    """Say whether a column counts as numbers: facts and instants do."""
    return column.dtype.is_numeric() or column.dtype == pl.Boolean or column.dtype.is_temporal()


def _fit(column: pl.Series) -> Trait | None:
    if is_number(column):
        values = _numbers(column)
        known = values[np.isfinite(values)]
        if known.size == 0 or (known.min() == known.max() and known.size == values.size):
            return None
        return NumberTrait(
            column=column.name, median=float(np.median(known)), sometimes_absent=bool(known.size < values.size)
        )
    if column.dtype not in {pl.String, pl.Categorical, pl.Enum}:
        return None
    counts = column.cast(pl.String).drop_nulls().value_counts(sort=True)
    if counts.height > _MOST_DISTINCT_SHARE * len(column):
        return None
    frequent = counts.filter(pl.col("count") >= _FEWEST_OF_A_CATEGORY).head(_MOST_CATEGORIES)
    if frequent.is_empty() or (frequent.height == 1 and frequent["count"][0] == len(column)):
        return None
    return CategoryTrait(column=column.name, categories=tuple(sorted(frequent[column.name].to_list())))


def _numbers(column: pl.Series) -> Floats:
    if column.dtype.is_temporal():
        column = column.to_physical()
    return column.cast(pl.Float64, strict=False).fill_null(float("nan")).to_numpy().astype(np.float64)
