"""What the night reads of receipts: lines that were paid for and kept, with when they were made and heard of."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from offers.store.store import Store
from scoring.history.errors import CannotScore
from service.night import purchases
from service.night.purchases import read_purchases
from tests.clock import SettableClock
from tests.ledger_house import open_ledger_house
from tests.score_house import ScoreHouse

MADE = datetime(2026, 1, 1, 10, tzinfo=UTC)
HEARD = timedelta(hours=30)


def receipt(number: int, outlet_id: str, **told: Any) -> dict[str, Any]:
    at = MADE + timedelta(days=number)
    return {
        "_id": f"p{number}",
        "outlet_id": outlet_id,
        "business_day": f"{at:%Y-%m-%d}",
        "order_ref": str(number),
        "member_id": f"m{number % 2}",
        "at": at,
        "recorded_at": at + HEARD,
        "origin": "till",
        "state": "settled",
        "lines": [
            {"category": "coffee", "quantity": Decimal(2), "payable_minor": 500},
            {"category": "pastry", "quantity": Decimal("0.250"), "payable_minor": 70},
        ],
        **told,
    }


async def read(
    store: Store,
    clock: SettableClock,
    folder: Path,
    receipts: list[dict[str, Any]],
    returns: Sequence[dict[str, Any]] = (),
) -> pl.DataFrame:
    house = ScoreHouse(ledger=await open_ledger_house(store, clock), folder=folder)
    await house.open()
    outlet = house.ledger.till.outlet.id
    if receipts:
        await store.database["receipts"].insert_many([{**each, "outlet_id": outlet} for each in receipts])
    if returns:
        await store.database["returns"].insert_many([{**each, "outlet_id": outlet} for each in returns])
    seen: list[tuple[int, int]] = []
    path = folder / "history.parquet"
    lines = await read_purchases(store, house.programme.id, path, watch=lambda done, of: seen.append((done, of)))
    found = pl.read_parquet(path)
    assert (found.height, seen[-1]) == (lines, (len(receipts), len(receipts)))
    assert sorted(each.name for each in folder.iterdir()) == ["history.parquet"]
    return found


async def test_a_line_says_when_it_was_bought_and_when_we_heard_of_it(
    store: Store, clock: SettableClock, tmp_path: Path
) -> None:
    found = await read(store, clock, tmp_path, [receipt(0, ""), receipt(1, "", origin="import")])

    assert found["order_id"].to_list() == ["p0", "p0", "p1", "p1"]
    assert found["at"].to_list() == [MADE, MADE, MADE + timedelta(days=1), MADE + timedelta(days=1)]
    assert found["arrived_at"][0] == MADE + HEARD
    assert found["arrived_at"][2] == found["at"][2]  # an import came long after its purchases
    assert found.select("category", "quantity", "amount").rows()[:2] == [("coffee", 2.0, 500.0), ("pastry", 0.25, 70.0)]


async def test_what_was_voided_is_left_out(store: Store, clock: SettableClock, tmp_path: Path) -> None:
    found = await read(store, clock, tmp_path, [receipt(0, "", state="voided"), receipt(1, "", state="returned")])

    assert found["order_id"].to_list() == ["p1", "p1"]


async def test_what_came_back_is_a_line_of_its_own_day_so_that_earlier_days_know_nothing_of_it(
    store: Store, clock: SettableClock, tmp_path: Path
) -> None:
    back = MADE + timedelta(days=40)
    returns = [
        {
            "_id": f"p1:{number}",
            "return_ref": str(number),
            "checkout_id": checkout,
            "at": back,
            "lines": [{"line": number, "quantity": Decimal(1), "refund_minor": 250}],
        }
        for number, checkout in enumerate(["p1", "p1", "p0", "gone"])
    ]

    found = await read(store, clock, tmp_path, [receipt(0, "", state="voided"), receipt(1, "")], returns)

    assert found.select("order_id", "category", "quantity", "amount").rows() == [
        ("p1", "coffee", 2.0, 500.0),
        ("p1", "pastry", 0.25, 70.0),
        ("p1", "coffee", -1.0, -250.0),
        ("p1", "pastry", -1.0, -250.0),
    ]
    assert found["at"].to_list()[2:] == found["arrived_at"].to_list()[2:] == [back, back]
    assert found["member_id"].unique().to_list() == ["m1"]


@pytest.mark.parametrize("part_lines", [1, 2, 3, 1_000])
async def test_parts_on_the_way_make_one_file(
    store: Store, clock: SettableClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part_lines: int
) -> None:
    monkeypatch.setattr(purchases, "PART_LINES", part_lines)
    monkeypatch.setattr("offers.store.histories.BATCH_RECEIPTS", 2)

    found = await read(store, clock, tmp_path, [receipt(number, "") for number in range(5)])

    assert found["order_id"].n_unique() == 5
    assert found.height == 10


async def test_nothing_sold_is_said_so(store: Store, clock: SettableClock, tmp_path: Path) -> None:
    with pytest.raises(CannotScore) as caught:
        await read(store, clock, tmp_path, [])

    assert caught.value.reason == "nothing_sold"
