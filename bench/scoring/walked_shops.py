"""Shops to walk through: the two real histories, and made up ones that are unlike them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from bench.scoring.histories import history
from scoring.arrays import Floats
from scoring.history.visits import DAY_ZERO, day_number, fold_visits

LINE = ("member", "day", "known_day", "order", "category", "quantity", "amount", "is_return")


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """A made up shop. Rates are visits a day, gamma between members; a lifetime is exponential, its rate gamma too.

    `season` is the amplitude of the year in the log of the rate, `week` that of Saturdays, `drift` the growth of
    baskets a year; newcomers arrive evenly over `arriving_days`.
    """

    members: int
    days: int
    shape: float
    mean_gap_days: float
    mean_life_days: float
    basket: float
    season: float = 0.0
    week: float = 0.0
    drift: float = 0.0
    arriving_days: int = 0


BEGAN = date(2022, 1, 3)
HABITS: Mapping[str, Habit] = {
    "grocery": Habit(members=2_500, days=710, shape=2.0, mean_gap_days=6, mean_life_days=2_500, basket=30, season=0.05,
                     week=0.3, drift=0.05, arriving_days=120),
    "sparse": Habit(members=12_000, days=900, shape=0.5, mean_gap_days=150, mean_life_days=500, basket=60,
                    arriving_days=700),
    "seasonal": Habit(members=5_000, days=900, shape=0.8, mean_gap_days=40, mean_life_days=700, basket=25, season=0.6,
                      drift=-0.1, arriving_days=600),
    "small": Habit(members=300, days=500, shape=1.0, mean_gap_days=30, mean_life_days=400, basket=15, season=0.2,
                   arriving_days=350),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """A history as visits, and what to ask of it: cutoffs in order of time, and horizons in days."""

    name: str
    visits: pl.DataFrame
    last_day: int
    cutoffs: tuple[int, ...]
    horizons: tuple[int, ...]


def shop(name: str) -> Shop:
    """Give a shop of `NAMES`; the made up ones are the same every time."""
    if name == "retail":
        months = [date(2010 + (5 + n) // 12, (5 + n) % 12 + 1, 9) for n in range(18)]
        return _real(name, [day_number(each) for each in months], (30, 60, 90, 180))
    if name == "cdnow":
        first = day_number(date(1997, 4, 15))
        return _real(name, [first + 21 * n for n in range(19)], (30, 90, 180, 270))
    visits = _made_up(HABITS[name], seed=len(name))
    last = day_number(BEGAN) + HABITS[name].days - 1
    cutoffs = tuple(range(last - 330, last - 29, 50))
    return Shop(name=name, visits=visits, last_day=last, cutoffs=cutoffs, horizons=(30, 90))


NAMES = ("retail", "cdnow", *HABITS)


def _real(name: str, cutoffs: list[int], horizons: tuple[int, ...]) -> Shop:
    rows = history(name)
    number = rows.select(pl.col("member_id").rank("dense").cast(pl.UInt32) - 1)["member_id"]
    day = pl.col("at").cast(pl.Date).cast(pl.Int32)
    category = pl.col("category") if "category" in rows.columns else pl.lit(None, dtype=pl.String)
    lines = rows.with_columns(
        member=number, day=day, known_day=day, order=pl.col("order_id"), category=category,
        is_return=(pl.col("amount") < 0) | (pl.col("quantity") < 0),
    ).select(LINE)  # fmt: skip
    visits = fold_visits(lines.lazy()).collect()
    last = int(visits["day"].max())  # type: ignore[arg-type]
    return Shop(name=name, visits=visits, last_day=last, cutoffs=tuple(cutoffs), horizons=horizons)


def _made_up(habit: Habit, *, seed: int) -> pl.DataFrame:
    chance = np.random.default_rng(seed)
    rate = chance.gamma(habit.shape, 1 / (habit.shape * habit.mean_gap_days), habit.members)
    life = chance.exponential(chance.gamma(2.0, habit.mean_life_days / 2, habit.members))
    began = chance.integers(0, habit.arriving_days + 1, habit.members)
    usual = chance.gamma(4.0, habit.basket / 4, habit.members)
    level = _level(habit)
    parts = []
    for day in range(habit.days):
        alive = (began <= day) & (day < began + life)
        come = (chance.random(habit.members) < -np.expm1(-rate * level[day])) & alive | (began == day)
        members = np.flatnonzero(come)
        grown = (1 + habit.drift) ** (day / 365)
        amount = chance.gamma(3.0, usual[members] / 3) * grown
        parts.append(pl.DataFrame({"member": members, "day": np.full(members.size, day), "amount": amount}))
    lines = pl.concat(parts).with_columns(pl.col("day") + day_number(BEGAN), pl.col("member").cast(pl.UInt32))
    lines = lines.with_columns(
        known_day=pl.col("day"), order=pl.col("day").cast(pl.String), category=pl.lit(None, dtype=pl.String),
        quantity=pl.lit(1.0), is_return=pl.lit(value=False),
    ).with_columns(pl.col("day", "known_day").cast(pl.Int32))  # fmt: skip
    return fold_visits(lines.select(LINE).lazy()).collect()


def _level(habit: Habit) -> Floats:
    """Give what every rate is multiplied by on each day: the year's wave, its peak at Christmas, and Saturdays."""
    day = np.arange(habit.days)
    date_of = [BEGAN + timedelta(days=int(each)) for each in day]
    of_year = np.array([(each - date(each.year, 1, 1)).days for each in date_of])
    saturday = np.array([(day_number(each) + 3) % 7 == 5 for each in date_of])
    return np.exp(habit.season * np.cos(2 * np.pi * (of_year - 355) / 365) + habit.week * saturday)


def as_date(day: int) -> date:
    return DAY_ZERO + timedelta(days=day)
