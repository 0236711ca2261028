"""A shop whose members got coupons at several pushes and used them on some occasions: a history, and what became."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from scoring.coupons.learning import UseLearned, learn_use
from scoring.coupons.occasions import occasions_of, read_coupons
from scoring.partitions.known import Question, known_members
from scoring.partitions.machines import HERE
from scoring.partitions.split import PART_ROWS

BEGAN = date(2025, 1, 1)
AS_OF = date(2025, 12, 31)
PUSHES = (date(2025, 6, 2), date(2025, 7, 14), date(2025, 8, 25), date(2025, 10, 6), date(2025, 11, 17))
LIVE_DAYS = 21
DEPTHS_BP = (500, 1_000, 1_500)
FREQUENT, SELDOM = 0.75, 0.35
"""The share of occasions on which members use a coupon of ten percent: those who come often, and the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Couponed:
    """Tables as the night has them in files."""

    history: pl.DataFrame
    coupons: pl.DataFrame


def instant(day: date, hour: int = 4) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def couponed_shop(
    members: int,
    *,
    seed: int = 1,
    templates: Mapping[str, float] | None = None,
    uses: int = 1,
    by_push: Sequence[float] = (0.0,) * len(PUSHES),
) -> Couponed:
    """Give a shop. The even members come thrice as often; each coupon is of a template drawn by the weights.

    `templates` has by how much the log-odds of a use lie beside the others; `by_push` moves those of a whole push.
    """
    chance = np.random.default_rng(seed)
    moved = templates or {"win-back": 0.0}
    names = list(moved)
    bought: list[tuple[str, datetime, float]] = []
    rows = []
    for number in range(members):
        frequent, name = number % 2 == 0, f"m{number:05}"
        gap = 6.0 if frequent else 18.0
        days = np.unique(np.cumsum(chance.exponential(gap, 120)).astype(int))
        came = [BEGAN + timedelta(days=int(day)) for day in days if day < (AS_OF - BEGAN).days]
        bought += [(name, instant(day, 10), float(chance.uniform(80, 120))) for day in came]
        for push, day in enumerate(PUSHES):
            template = names[(number // 2 + push) % len(names)]
            depth = int(chance.choice(DEPTHS_BP))
            base = FREQUENT if frequent else SELDOM
            odds = np.log(base / (1 - base)) + moved[template] + 10 * (depth - 1_000) / 10_000 + by_push[push]
            share = 1 / (1 + np.exp(-odds))
            ends = day + timedelta(days=LIVE_DAYS)
            occasions = min(uses, sum(day < each <= ends for each in came))
            used = int(chance.binomial(occasions, share)) if occasions else 0
            rows.append((name, f"{day}-{name}", template, None, depth, uses, used, instant(day), instant(ends, 0)))
    return Couponed(
        history=pl.DataFrame(bought, schema=["member_id", "at", "amount"], orient="row"),
        coupons=coupons_of(rows),
    )


def coupons_of(rows: Sequence[tuple[object, ...]]) -> pl.DataFrame:
    """Give coupons as the night writes them; `ends_at` is taken as a local day, the coupon lives to its end."""
    names = ("member_id", "coupon_id", "template", "category", "share_bp", "uses", "used", "at", "ends_at")
    instants = pl.Datetime("us", "UTC")
    kinds: dict[str, pl.DataType | type[pl.DataType]] = {"category": pl.String, "at": instants, "ends_at": instants}
    table = pl.DataFrame(rows, schema=list(names), schema_overrides=kinds, orient="row")
    return table.with_columns(pl.col("ends_at") + pl.duration(days=1))


def outcomes(folder: Path, shop: Couponed, *, part_rows: int = PART_ROWS, as_of: date = AS_OF) -> pl.DataFrame:
    """Give the coupons that are over with traits and occasions."""
    shop.history.write_parquet(folder / "history.parquet")
    shop.coupons.write_parquet(folder / "coupons.parquet")
    question = Question(path=folder / "history.parquet", as_of=as_of, zone="UTC", with_baskets=True)
    over = read_coupons(folder / "coupons.parquet", as_of=as_of, zone="UTC")
    with known_members(question, HERE, part_rows=part_rows) as known:
        return occasions_of(known, over, HERE)


def learned(folder: Path, shop: Couponed, *, part_rows: int = PART_ROWS, as_of: date = AS_OF) -> UseLearned:
    return learn_use(outcomes(folder, shop, part_rows=part_rows, as_of=as_of), seed=0)
