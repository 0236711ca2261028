"""Columns that came after the treatment: to learn from them would be to learn from the answer."""

import numpy as np
import polars as pl
from scipy import stats

from scoring.arrays import Bools, Floats, Ints
from scoring.written import as_numbers

_BALANCE_P = 1e-5
_SURE_ENOUGH = 30.0


def known_only_afterwards(table: pl.DataFrame, columns: list[str], *, arms: Ints, outcomes: Floats) -> list[str]:
    """Name the columns that cannot have been known before.

    Either the arms differ in it although they were drawn at random (rank test of Kruskal and Wallis, or chi-square for
    categories, p below 1e-5), or it gives the outcome away (`gives_away`).
    """
    return [
        column for column in columns if _unbalanced(table[column], arms) or gives_away(table[column], outcomes=outcomes)
    ]


def gives_away(column: pl.Series, *, outcomes: Floats) -> bool:
    """Say whether a column happens only where the outcome does, or the outcome only where it does.

    To happen is to hold something but 0, false and nothing; for what is absent now and then, to be absent counts as
    well. Chance alone would have to make 30 exceptions for it to be sure.
    """
    values = as_numbers(column)
    if values is None:
        text = column.cast(pl.String, strict=False).fill_null("").str.strip_chars()
        there: Bools = (text != "").to_numpy()
        return _only_together(there, outcomes) or _only_together(~there, outcomes)
    some: Bools = np.nan_to_num(values) != 0
    absent: Bools = np.isnan(values)
    return _only_together(some, outcomes) or _only_together(absent, outcomes)


def _unbalanced(column: pl.Series, arms: Ints) -> bool:
    values = as_numbers(column)
    if values is not None:
        values = np.where(np.isnan(values), -np.inf, values)
        if np.all(values == values[0]):
            return False
        groups = [values[arms == arm] for arm in np.unique(arms)]
        return bool(stats.kruskal(*groups).pvalue < _BALANCE_P)
    codes = column.cast(pl.String, strict=False).fill_null("").rank("dense").to_numpy().astype(np.int64) - 1
    kinds, arm_count = int(codes.max()) + 1, int(arms.max()) + 1
    if kinds < 2 or kinds > column.len() // 20:  # noqa: PLR2004 - a constant; an id or free text
        return False
    table = np.bincount(codes * arm_count + arms, minlength=kinds * arm_count).reshape(kinds, arm_count)
    return bool(stats.chi2_contingency(table[:, table.sum(axis=0) > 0]).pvalue < _BALANCE_P)


def _only_together(some: Bools, outcomes: Floats) -> bool:
    happened: Bools = outcomes != 0
    only_with = not np.any(some & ~happened) and some.mean() * np.count_nonzero(~happened) >= _SURE_ENOUGH
    never_without = not np.any(happened & ~some) and np.count_nonzero(happened) * (1 - some.mean()) >= _SURE_ENOUGH
    return bool(only_with or never_without)
