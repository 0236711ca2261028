"""Days of purchase: a history of lines folded to one row for each member and calendar day."""

from datetime import date

import numpy as np
import polars as pl

from scoring.arrays import Bools, Floats, Ints

DAY_ZERO = date(1970, 1, 1)
_DAYS = 1 << 22
"""More days than there are dates, so that a member and a day make one number."""
_WIDEST = 1 << 62
_LINE = ("member", "day", "known_day", "order", "quantity", "amount", "is_return")


def day_number(day: date) -> int:
    """Give the days since 1970-01-01, which is how days are counted all through scoring."""
    return (day - DAY_ZERO).days


def fold_visits(lines: pl.LazyFrame) -> pl.LazyFrame:
    """Fold lines into visits, in the order of member and day.

    A line has member (a number from 0), day, known_day (when it had arrived), order, category, quantity, amount and
    is_return. A purchase is a distinct calendar day with at least one line that is no return; `amount` sums those
    lines, `returned` is the money of returns since the purchase before, as a positive number, and `fresh` counts the
    categories that the member had never bought before. A visit is known once its last line is. Sums are taken in the
    order of amounts, so neither the order of lines nor other members change a bit.
    """
    return _fold(lines.collect()).lazy()


def _fold(lines: pl.DataFrame) -> pl.DataFrame:
    if not lines.height:
        return pl.DataFrame(schema=_SCHEMA)
    key = pl.col("member").cast(pl.Int64) * _DAYS + pl.col("day") + _DAYS // 2
    rows = lines.select(*_LINE, key=key).sort("key", "amount", "quantity")
    keys, starts = _runs(rows["key"].to_numpy())
    back = rows["is_return"].to_numpy()
    amount, quantity = _numbers(rows["amount"]), _numbers(rows["quantity"])
    known = np.maximum(rows["known_day"].to_numpy(), rows["day"].to_numpy())
    bought = lines.filter(~pl.col("is_return")).with_columns(key=key)
    distinct, fresh = _categories(bought, keys)
    return _carrying_returns(
        keys,
        {
            "known_day": np.maximum.reduceat(known, starts),
            "amount": np.add.reduceat(np.where(back, 0.0, amount), starts),
            "quantity": np.add.reduceat(np.where(back, 0.0, quantity), starts),
            "lines": np.add.reduceat((~back).astype(np.int64), starts),
            "orders": _orders(bought, keys),
            "categories": distinct,
            "fresh": fresh,
            "returned": np.add.reduceat(np.where(back, -amount, 0.0), starts),
        },
    )


_SCHEMA = {
    "member": pl.UInt32,
    "day": pl.Int32,
    "known_day": pl.Int32,
    **dict.fromkeys(("amount", "quantity"), pl.Float64),
    **dict.fromkeys(("lines", "orders", "categories", "fresh"), pl.Int32),
    "returned": pl.Float64,
}


def _orders(bought: pl.DataFrame, keys: Ints) -> Ints:
    """Count the orders of each day. A day of one line has one; only the others are looked into."""
    alone = bought["key"].is_unique()
    several = bought.filter(~alone).select("key", "order").unique()["key"].to_numpy()
    return _count(np.concatenate([bought.filter(alone)["key"].to_numpy(), several]), keys)


def _categories(bought: pl.DataFrame, keys: Ints) -> tuple[Ints, Ints]:
    """Count the categories of each day, and those of them that the member had never bought before."""
    held = bought.filter(pl.col("category").is_not_null())
    if not held.height:
        nothing = np.zeros(keys.size, dtype=np.int64)
        return nothing, nothing
    names = held["category"].cast(pl.String).unique().sort()
    if (int(keys[-1]) // _DAYS + 1) * names.len() >= _WIDEST // _DAYS:
        return _many_categories(held, keys)
    code = held["category"].cast(pl.String).cast(pl.Enum(names)).to_physical().cast(pl.Int64).to_numpy()
    member, day = np.divmod(held["key"].to_numpy(), _DAYS)
    told, _ = _runs(np.sort((member * names.len() + code) * _DAYS + day))
    pair, day = np.divmod(told, _DAYS)
    first = np.append(True, pair[1:] != pair[:-1])
    days = pair // names.len() * _DAYS + day
    return _count(days, keys), _count(days[first], keys)


def _many_categories(held: pl.DataFrame, keys: Ints) -> tuple[Ints, Ints]:
    """Do the same where members, categories and days together make no one number."""
    member = (pl.col("key") // _DAYS).alias("member")
    told = held.select("key", "category", member).unique()
    first = told.group_by("member", "category").agg(pl.col("key").min())
    return _count(told["key"].to_numpy(), keys), _count(first["key"].to_numpy(), keys)


def _carrying_returns(keys: Ints, days: dict[str, Floats | Ints]) -> pl.DataFrame:
    """Leave only days of purchase; the money of returns on other days waits for the next one, which knows its past."""
    member, day = np.divmod(keys, _DAYS)
    bought: Bools = days["lines"] > 0
    begins = np.append(True, (member[1:] != member[:-1]) | bought[:-1])
    starts = np.flatnonzero(begins)
    lasts = np.append(starts[1:], member.size) - 1
    days["returned"] = _spread(np.add.reduceat(days["returned"], starts), lasts, member.size)
    days["known_day"] = _spread(np.maximum.reduceat(days["known_day"], starts), lasts, member.size)
    found = pl.DataFrame({"member": member, "day": day - _DAYS // 2, **days})
    return found.filter(bought).select(pl.col(name).cast(kind) for name, kind in _SCHEMA.items())


def _spread(values: Floats | Ints, places: Ints, size: int) -> Floats:
    whole = np.zeros(size)
    whole[places] = values
    return whole


def _runs(ordered: Ints) -> tuple[Ints, Ints]:
    """Give the different values of an ordered row of numbers, and where each begins."""
    starts = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))
    return ordered[starts], starts


def _count(found: Ints, keys: Ints) -> Ints:
    """Count how often each key is found; every one found is among the keys, which are in order."""
    return np.bincount(np.searchsorted(keys, np.sort(found)), minlength=keys.size)


def _numbers(column: pl.Series) -> Floats:
    return column.cast(pl.Float64).fill_null(0.0).to_numpy()
