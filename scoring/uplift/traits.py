"""Columns of a table as traits for the learners: numbers, facts and categories, fitted on the training file only."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from scoring.arrays import Floats
from scoring.written import as_numbers, names_rows, numbers_of

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
        values = numbers_of(table[self.column])
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
    """Say how each column becomes numbers; what tells nothing (constants, free text, ids, row numbers) is left out."""
    fitted = (_fit(table[column]) for column in columns)
    return tuple(trait for trait in fitted if trait is not None)


def encode(table: pl.DataFrame, traits: tuple[Trait, ...]) -> Floats:
    """Give members x traits, without NaN."""
    return np.column_stack([values for trait in traits for values in trait.encode(table)])


def _fit(column: pl.Series) -> Trait | None:
    values = as_numbers(column)
    if values is None:
        return _fit_words(column)
    known = values[np.isfinite(values)]
    if known.size == 0 or (known.min() == known.max() and known.size == values.size) or names_rows(column, values):
        return None
    return NumberTrait(
        column=column.name, median=float(np.median(known)), sometimes_absent=bool(known.size < values.size)
    )


def _fit_words(column: pl.Series) -> Trait | None:
    if column.dtype not in {pl.String, pl.Categorical, pl.Enum}:
        return None
    counts = column.cast(pl.String).drop_nulls().value_counts(sort=True)
    if counts.height > _MOST_DISTINCT_SHARE * len(column):
        return None
    frequent = counts.filter(pl.col("count") >= _FEWEST_OF_A_CATEGORY).head(_MOST_CATEGORIES)
    if frequent.is_empty() or (frequent.height == 1 and frequent["count"][0] == len(column)):
        return None
    return CategoryTrait(column=column.name, categories=tuple(sorted(frequent[column.name].to_list())))
