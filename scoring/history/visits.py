"""Days of purchase: a history of lines folded to one row for each member and calendar day."""

from datetime import date

import polars as pl

DAY_ZERO = date(1970, 1, 1)


def day_number(day: date) -> int:
    """Give the days since 1970-01-01, which is how days are counted all through scoring."""
    return (day - DAY_ZERO).days


def fold_visits(lines: pl.LazyFrame) -> pl.LazyFrame:
    """Fold lines into visits, in the order of member and day.

    A line has member (a number from 0), day, known_day (when it had arrived), order, category, quantity, amount and
    is_return. A purchase is a distinct calendar day with at least one line that is no return; `amount` sums those
    lines, `returned` is the money of returns since the purchase before, as a positive number, and `fresh` counts the
    categories that the member had never bought before. A visit is known once its last line is.
    """
    bought = pl.col("is_return").not_()
    first_day = pl.col("day").filter(bought).min().over("member", "category")
    fresh = bought & pl.col("category").is_not_null() & (pl.col("day") == first_day)
    days = (
        lines.with_columns(fresh=fresh)
        .group_by("member", "day")
        .agg(
            known_day=pl.max_horizontal(pl.col("known_day").max(), pl.col("day").max()),
            amount=pl.col("amount").filter(bought).sum(),
            quantity=pl.col("quantity").filter(bought).sum(),
            lines=bought.sum(),
            orders=pl.col("order").filter(bought).n_unique(),
            categories=pl.col("category").filter(bought).drop_nulls().n_unique(),
            fresh=pl.col("category").filter(pl.col("fresh")).n_unique(),
            returned=-pl.col("amount").filter(pl.col("is_return")).sum(),
        )
        .sort("member", "day")
    )
    return _carrying_returns(days).select(
        "member",
        "day",
        "known_day",
        *(pl.col(name).cast(pl.Float64) for name in ("amount", "quantity")),
        *(pl.col(name).cast(pl.Int32) for name in ("lines", "orders", "categories", "fresh")),
        pl.col("returned").cast(pl.Float64),
    )


def _carrying_returns(days: pl.LazyFrame) -> pl.LazyFrame:
    """Leave only days of purchase; the money of returns on other days waits for the next one, which knows its past."""
    is_purchase = pl.col("lines") > 0
    return (
        days.with_columns(before=is_purchase.cum_sum().over("member") - is_purchase.cast(pl.UInt32))
        .with_columns(returned=pl.col("returned").sum().over("member", "before"))
        .with_columns(known_day=pl.col("known_day").cum_max().over("member", "before"))
        .filter(is_purchase)
    )
