"""Imports, recounts and tills at one instant: whoever comes first, the counters equal the receipts."""

import asyncio
from collections.abc import Coroutine
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeVar

import pytest

from offers.engine.past_lines import past_line
from offers.flows.import_purchases import Destination, ImportPurchases
from offers.flows.open_programme import Opened
from offers.flows.recount_members import RecountMembers
from offers.flows.settle_purchase import SettlePurchase
from offers.model.history import MemberKey, PastPurchase
from offers.model.ids import CardId
from offers.model.programme import Till
from offers.model.purchase import Line, Purchase
from offers.store.store import Store
from service.now import chance
from tests.clock import SettableClock
from tests.import_files import open_shop
from tests.store.imported import assert_counters_are_exact, receipts_of

Answer = TypeVar("Answer")
ROUNDS = 24
AT = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)


@pytest.fixture
async def shop(store: Store, clock: SettableClock) -> Opened:
    return await open_shop(store, clock)


@pytest.fixture
def destination(shop: Opened) -> Destination:
    return Destination(programme=shop.programme, outlet=shop.outlet, enrol=True)


@pytest.fixture
def imports(store: Store, clock: SettableClock) -> ImportPurchases:
    return ImportPurchases(store, clock, chance)


@pytest.fixture
def recount(store: Store) -> RecountMembers:
    return RecountMembers(store)


def past(order_ref: str, *, lines: int = 1) -> PastPurchase:
    line = past_line(sku="s", category="c", quantity=Decimal(1), unit_price_minor=100, total_minor=100)
    return PastPurchase(
        member=MemberKey(external_id="c1"),
        order_ref=order_ref,
        business_day="2026-03-01",
        at=AT,
        lines=(line,) * lines,
    )


async def test_a_till_that_settles_during_a_recount_is_counted_once(
    store: Store, shop: Opened, clock: SettableClock, destination: Destination, imports: ImportPurchases
) -> None:
    await imports(destination, [past(f"A{number}", lines=50) for number in range(100)])
    settle, recount = SettlePurchase(store, clock, chance), RecountMembers(store)
    till = Till(programme=shop.programme, outlet=shop.outlet, key_id=shop.till_key.key.id)
    card = await store.database["cards"].find_one({})
    assert card is not None
    await recount(shop.programme.id)

    for number in range(ROUNDS):
        await store.database["members"].update_many({}, {"$inc": {"recount_due": 1}})
        sale = settle(till, purchase(CardId(card["_id"]), f"T{number}", clock()))
        _, waited = await asyncio.gather(recount(shop.programme.id), after(number % 8, sale))
        assert waited is not None
        await assert_counters_are_exact(store)


async def test_purchases_imported_during_a_recount_are_counted_by_the_next(
    store: Store, shop: Opened, destination: Destination, imports: ImportPurchases, recount: RecountMembers
) -> None:
    await imports(destination, [past(f"A{number}", lines=50) for number in range(100)])

    for number in range(ROUNDS):
        await imports(destination, [past(f"B{number}")])
        await asyncio.gather(recount(shop.programme.id), after(number % 8, imports(destination, [past(f"C{number}")])))
        await recount(shop.programme.id)
        await assert_counters_are_exact(store)
    assert len(await receipts_of(store)) == 100 + 2 * ROUNDS


async def after(milliseconds: int, work: Coroutine[Any, Any, Answer]) -> Answer:
    await asyncio.sleep(milliseconds / 1000)
    return await work


def purchase(card_id: CardId, order_ref: str, at: datetime) -> Purchase:
    return Purchase(
        card_id=card_id,
        order_ref=order_ref,
        business_day="2026-03-11",
        lines=(Line(sku="t", category="till", quantity=Decimal(1), unit_price_minor=10_000),),
        currency="RUB",
        points_to_redeem=0,
        at=at,
        body_digest=order_ref,
    )
