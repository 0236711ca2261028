"""The traits: each is one expression over a member's visits known at the cutoff, with its meaning and its direction.

The frame they are taken of has one row for each visit, in order of day, with `ago` (days before the cutoff, 0 is the
cutoff's own day) beside the columns of `history.visits`, and `gap` (days since the visit before, empty at the first).
"""

from dataclasses import dataclass
from typing import Literal

import polars as pl

WINDOWS_DAYS = (14, 30, 60, 90, 180, 365)
HALF_LIVES_DAYS = (20, 60, 180)
YEAR_DAYS = 364
"""Fifty-two weeks: a year that keeps the day of the week."""

Direction = Literal[-1, 0, 1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trait:
    """One trait. `direction` is how a purchase to come may depend on it: rising, falling, or either way (0)."""

    name: str
    meaning: str
    expression: pl.Expr
    direction: Direction = 0


_ago, _amount, _gap = pl.col("ago"), pl.col("amount"), pl.col("gap")
_visits = pl.len()
_fresh = pl.col("fresh")
_weekday = (pl.col("day") + 3) % 7
"""Monday is 0: the first of January 1970 was a Thursday."""
_SATURDAY = 5


def _within(days: int) -> pl.Expr:
    return _ago < days


def _nth_last(place: int) -> pl.Expr:
    return _ago.sort().get(place, null_on_oob=True)


def _trait(name: str, meaning: str, expression: pl.Expr, direction: Direction = 0) -> Trait:
    return Trait(name=name, meaning=meaning, expression=expression.cast(pl.Float64), direction=direction)


_RECENCY = (
    _trait("recency_days", "Days since the last visit", _ago.min(), -1),
    _trait("age_days", "Days since the first visit", _ago.max()),
    _trait("before_last_days", "Days since the last visit but one; empty with one visit", _nth_last(1)),
    _trait("third_last_days", "Days since the last visit but two; empty with fewer", _nth_last(2)),
)  # fmt: skip
_FREQUENCY = (
    _trait("visits", "Visits so far", _visits, 1),
    *(_trait(f"visits_{n}d", f"Visits in the last {n} days", _within(n).sum(), 1) for n in WINDOWS_DAYS),
    *(
        _trait(f"rate_{n}d", f"Visits weighed by age, half for every {n} days", (0.5 ** (_ago / n)).sum(), 1)
        for n in HALF_LIVES_DAYS
    ),
    _trait("active_months", "Months of 30 days, of the last 12, with a visit",
           (_ago // 30).filter(_within(360)).n_unique(), 1),
)  # fmt: skip
_RHYTHM = (
    _trait("gap_mean_days", "Mean days between visits; empty with one visit", _gap.mean()),
    _trait("gap_median_days", "Median days between visits", _gap.median()),
    _trait("gap_sd_days", "Spread of the days between visits; empty with fewer than three visits", _gap.std()),
    _trait("gap_last_days", "Days between the last two visits", _gap.last()),
    _trait("gap_longest_days", "The longest silence between two visits", _gap.max()),
    _trait("overdue", "Days since the last visit as a multiple of the mean gap", _ago.min() / _gap.mean()),
    _trait("silence", "Days since the last visit as a multiple of the longest gap", _ago.min() / _gap.max()),
    _trait("weekend_share", "Share of visits on Saturday or Sunday", (_weekday >= _SATURDAY).mean()),
    _trait("weekday_share", "Share of visits on the most frequent day of the week",
           _weekday.unique_counts().max() / _visits),
)  # fmt: skip
_MONEY = (
    _trait("spend", "Money spent so far", _amount.sum()),
    *(
        _trait(f"spend_{n}d", f"Money spent in the last {n} days", _amount.filter(_within(n)).sum())
        for n in (30, 90, 365)
    ),
    _trait("basket_mean", "Mean money of a visit", _amount.mean()),
    _trait("basket_last", "Money of the last visit", _amount.last()),
    _trait("basket_first", "Money of the first visit", _amount.first()),
    _trait("basket_largest", "The largest visit's money", _amount.max()),
    _trait("basket_sd", "Spread of the money of visits; empty with one visit", _amount.std()),
    _trait("returned_share", "Returned money as a share of the money spent", pl.col("returned").sum() / _amount.sum()),
)  # fmt: skip
_CONTENT = (
    _trait("lines_mean", "Mean lines of a visit", pl.col("lines").mean()),
    _trait("quantity_mean", "Mean pieces of a visit", pl.col("quantity").mean()),
    _trait("categories_mean", "Mean categories of a visit", pl.col("categories").mean()),
    _trait("categories", "Categories ever bought", _fresh.sum()),
    _trait("fresh_share", "New categories of the last 90 days as a share of all",
           _fresh.filter(_within(90)).sum() / _fresh.sum()),
    _trait("orders_per_visit", "Orders of a day of purchase", pl.col("orders").mean()),
)  # fmt: skip


def year_ago(horizon_days: int) -> Trait:
    """Give the trait that needs the horizon: what the member did a year ago at this time of the year."""
    begun = YEAR_DAYS - horizon_days
    return _trait(
        "year_ago_visits",
        "Visits a year ago within the horizon's days; empty where the member was not there yet",
        pl.when(_ago.max() >= YEAR_DAYS).then(((_ago < YEAR_DAYS) & (_ago >= begun)).sum()),
        1,
    )


TRAITS = (*_RECENCY, *_FREQUENCY, *_RHYTHM, *_MONEY, *_CONTENT)
