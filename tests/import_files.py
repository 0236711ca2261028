"""Files for import, and what the reading side makes of them without a database."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from offers.flows.open_programme import Opened, Opening, OpenProgramme
from offers.model.clock import Clock
from offers.model.programme import DiscountLevel, LocalText, Terms
from offers.store.store import Store
from service.importing.amounts import DecimalMark
from service.importing.clean_purchases import PurchaseRules, clean_purchases
from service.importing.columns import PURCHASE_GUESSES, lay_out
from service.importing.open_source import open_source
from service.now import chance

NOW = datetime(2026, 3, 11, 14, 30, tzinfo=UTC)
RETAIL = "online_retail_ii_purchases.parquet"


def real_file(name: str) -> Path:
    """Give a file of the data folder (TESSERA_DATA), or leave the test out with a word when it is absent."""
    folder = Path(os.environ.get("TESSERA_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))
    if not (folder / name).exists():
        pytest.skip(f"{name} is not in {folder}: set TESSERA_DATA to the folder that has it")
    return folder / name


def rules_for(path: Path, *, zone: str = "Europe/Moscow", mark: DecimalMark = DecimalMark.AUTO) -> PurchaseRules:
    layout = lay_out(open_source(path).columns, PURCHASE_GUESSES, mapped={}, constants={}, needed=())
    return PurchaseRules(
        layout=layout, zone=zone, outlet_zone="Europe/Moscow", digits=2, region="RU", mark=mark, now=NOW
    )


def clean_file(
    path: Path, *, zone: str = "Europe/Moscow", mark: DecimalMark = DecimalMark.AUTO
) -> tuple[list[dict[str, Any]], dict[int, str]]:
    """Give the good lines, and the reason of every bad one by its line number."""
    rules = rules_for(path, zone=zone, mark=mark)
    lines: list[dict[str, Any]] = []
    reasons: dict[int, str] = {}
    for batch in open_source(path).batches():
        good, bad = clean_purchases(batch.rows, rules)
        lines += good.rows(named=True)
        reasons |= dict(bad.iter_rows())
        reasons |= {row.line: row.reason.value for row in batch.broken}
    return lines, reasons


def write(folder: Path, text: str, *, name: str = "file.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def shop_file(folder: Path, *, orders: int, lines: int = 3, members: int = 7) -> Path:
    """Write a Parquet file whose orders are scattered: every order's lines stand far from each other."""
    rows = [
        {
            "customer": f"c{order % members}",
            "ts": datetime(2026, 1, 1 + order % 28, 9, order % 60),  # noqa: DTZ001 - files have local times
            "invoice": f"A{order}",
            "sku": f"s{order % 11}-{line}",
            "category": f"k{(order + line) % 70}",
            "qty": line + 1,
            "price": 1.05 + order % 13,
        }
        for line in range(lines)
        for order in range(orders)
    ]
    path = folder / "shop.parquet"
    pl.DataFrame(rows).write_parquet(path)
    return path


async def open_shop(store: Store, clock: Clock) -> Opened:
    levels = (DiscountLevel(name=LocalText(ru="Серебро", en="Silver"), spend_threshold_minor=10_000, discount_bp=500),)
    opening = Opening(
        slug="shop",
        name=LocalText(ru="Лавка", en="Shop"),
        currency="RUB",
        zone="Europe/Moscow",
        merchant_name="Shop",
        outlet_name="Shop",
        terms=Terms(levels=levels),
    )
    return await OpenProgramme(store, clock, chance)(opening)
