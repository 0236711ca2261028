"""A made-up shop of any size: the same bits for the same seed; written by time, as tills write."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

START = np.datetime64("2024-01-01T00:00:00", "us")
DAYS = 730
CATEGORIES = 60
_PART_MEMBERS = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """How many members, and about how many purchases (days with a purchase) all of them make."""

    members: int
    purchases: int
    seed: int = 0


def write_lines(shop: Shop, path: Path) -> int:
    """Write a history as `tessera score history` reads it, one line or two a purchase; gives how many lines."""
    parts = []
    for number, first in enumerate(range(0, shop.members, _PART_MEMBERS)):
        part = path.with_name(f"{path.stem}-{number:03}.parquet")
        _part(shop, number, first, min(_PART_MEMBERS, shop.members - first)).write_parquet(part)
        parts.append(part)
    pl.scan_parquet(parts).sort("at", "member_id", "category").sink_parquet(path, row_group_size=250_000)
    for part in parts:
        part.unlink()
    return int(pl.scan_parquet(path).select(pl.len()).collect().item())


def _part(shop: Shop, number: int, first: int, members: int) -> pl.DataFrame:
    chance = np.random.default_rng([shop.seed, number])
    mean = shop.purchases / shop.members
    counts = 1 + chance.poisson(chance.gamma(0.8, (mean - 1) / 0.8, members))
    begins = chance.uniform(0, DAYS * 0.8, members)
    lives = np.minimum(chance.exponential(DAYS * 0.7, members), DAYS - begins)
    member = np.repeat(np.arange(members), counts)
    at_days = begins[member] + chance.uniform(0, 1, member.size) * lives[member]
    hour = np.clip(chance.normal(9 + 9 * (member % 2), 2.0), 7, 22)
    at = START + ((np.floor(at_days) * 24 + hour) * 3_600_000_000).astype("timedelta64[us]")
    liked = (member * 7) % CATEGORIES
    own = chance.uniform(0, 1, member.size) < 0.6
    category = np.where(own, liked, np.minimum(chance.geometric(0.08, member.size) - 1, CATEGORIES - 1))
    basket = chance.gamma(6.0, 1.0, members)[member] * 50
    return pl.DataFrame(
        {
            "member_id": (first + member).astype(np.int64),
            "at": at,
            "order_id": np.arange(member.size) + np.int64(number) * 100_000_000,
            "category": category,
            "quantity": chance.integers(1, 4, member.size).astype(np.float64),
            "amount": np.round(chance.gamma(3.0, 1.0, member.size) * basket),
        }
    ).with_columns(
        member_id=pl.format("m{}", pl.col("member_id").cast(pl.String).str.zfill(8)),
        order_id=pl.format("o{}", "order_id"),
        category=pl.format("c{}", pl.col("category").cast(pl.String).str.zfill(2)),
        at=pl.col("at").dt.replace_time_zone("UTC"),
    )
