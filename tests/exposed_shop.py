"""A shop that sent offers at random and wrote down to whom: a history and its log of exposures, as tables."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

BEGAN = date(2025, 1, 1)
PUSHES = (date(2025, 7, 1), date(2025, 8, 5), date(2025, 9, 9), date(2025, 10, 14), date(2025, 11, 18))
HORIZON = 30
AS_OF = date(2025, 12, 31)
CAMPAIGN = "personal:win-back"
TEN = "coffee@1000"
LURED, OTHERS = 0.35, 0.02
"""What the offer adds to the chance of a purchase within the horizon: for small baskets, and for large ones."""


def instant(day: date, hour: int = 3) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def exposed_shop(members: int, *, seed: int = 1, treated: float = 0.5) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give a history and a log. The members of small baskets are drawn twice as seldom, and heed the offer."""
    chance = np.random.default_rng(seed)
    bought: list[tuple[str, datetime, float]] = []
    drawn: list[tuple[str, str, str, datetime, str]] = []
    for number in range(members):
        small = number % 2 == 0
        basket, own = (100.0 if small else 900.0), treated / 2 if small else treated
        # A purchase or none in each five weeks, about: what a push adds is added to that.
        weeks = [week for week in range(25) if chance.random() < 0.08]
        days = [BEGAN + timedelta(days=7 * week + int(chance.integers(7))) for week in weeks]
        bought += [_bought(chance, number, day, basket) for day in days]
        for push in PUSHES:
            got = bool(chance.random() < own)
            added = (LURED if small else OTHERS) if got else 0.0
            if chance.random() < 0.25 + added:
                day = push + timedelta(days=int(chance.integers(HORIZON)))
                bought.append(_bought(chance, number, day, basket))
            told = json.dumps({"nothing": 1 - own, TEN: own})
            drawn.append((f"m{number:05}", push.isoformat(), TEN if got else "nothing", instant(push), told))
    history = pl.DataFrame(bought, schema=["member_id", "at", "amount"], orient="row")
    log = pl.DataFrame(drawn, schema=["member_id", "occurrence", "arm", "at", "chances"], orient="row")
    return history, log.with_columns(campaign=pl.lit(CAMPAIGN), policy=pl.lit("v1"), horizon_days=HORIZON)


def _bought(chance: np.random.Generator, number: int, day: date, basket: float) -> tuple[str, datetime, float]:
    return f"m{number:05}", instant(day, 10), basket * float(chance.uniform(0.8, 1.2))


def kept(folder: Path, history: pl.DataFrame, log: pl.DataFrame) -> tuple[Path, Path]:
    """Write both as Parquet."""
    history.write_parquet(folder / "history.parquet")
    log.write_parquet(folder / "log.parquet")
    return folder / "history.parquet", folder / "log.parquet"
