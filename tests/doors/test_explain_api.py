"""Why there was no discount, asked later through the API: of any receipt, by the outlet's till or the office."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest_asyncio

from offers.model.coupon import Every
from offers.model.programme import Scope
from offers.store.store import Store
from tests.clock import SettableClock
from tests.doors.shop_window import ShopWindow
from tests.till_door import TillDoor, open_till_door


@pytest_asyncio.fixture(loop_scope="session")
async def door(store: Store, clock: SettableClock) -> AsyncIterator[TillDoor]:
    async with open_till_door(store, clock) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def window(door: TillDoor) -> ShopWindow:
    window = ShopWindow(door.store, door.opened.programme, door.clock)
    await window.open()
    return window


async def sell(door: TillDoor, order: str = "A-1") -> Any:
    response, receipt = await door.settle(door.basket(order, amount=50_000))
    assert response.status == 201
    return receipt


async def why(door: TillDoor, checkout_id: str, *, key: str | None = None) -> tuple[int, Any]:
    async with door.ask("GET", f"/v1/checkouts/{checkout_id}/explain", key=key) as response:
        return response.status, await response.json()


async def test_a_receipt_is_explained_by_the_rules_it_was_decided_by(door: TillDoor, window: ShopWindow) -> None:
    receipt = await sell(door)
    before = await why(door, receipt["checkout_id"])
    await window.write()
    door.clock.move(timedelta(days=400))

    status, told = await why(door, receipt["checkout_id"])

    assert (status, told) == before
    assert told["explain"] == receipt["explain"]
    assert len(told["rulebook_digest"]) == 64
    assert told["zone_rules"]
    (rain,) = told["offers"]
    assert (rain["offer_id"].split(".")[1], rain["version"], rain["saving_minor"]) == ("rain", 1, 5_000)
    skipped = next(line for line in told["explain"] if line.get("title_en") == "Big table")
    assert (skipped["code"], skipped["version"], skipped["applied"]) == ("offer_skipped", 1, False)
    assert skipped["text"]["ru"].startswith("«Большой стол» не применено: нужна покупка на 1")


async def test_the_office_reads_every_receipt_of_its_programme_and_a_till_those_of_its_outlet(
    door: TillDoor, store: Store
) -> None:
    receipt = await sell(door)
    office = await door.issue_key.for_programme(door.opened.programme.id, Scope.OPERATOR, name="office")
    feed = await door.issue_key.for_programme(door.opened.programme.id, Scope.FEED, name="feed")
    path = receipt["checkout_id"]
    await store.database["receipts"].update_one({"_id": path}, {"$set": {"outlet_id": "another-outlet"}})

    assert (await why(door, path, key=office.secret))[0] == 200
    status, problem = await why(door, path)
    assert (status, problem["code"]) == (404, "unknown_checkout")
    status, problem = await why(door, path, key=feed.secret)
    assert (status, problem["code"]) == (403, "wrong_scope")
    status, problem = await why(door, "none", key=office.secret)
    assert (status, problem["code"]) == (404, "unknown_checkout")
    await store.database["receipts"].update_one({"_id": path}, {"$set": {"programme_id": "another-programme"}})
    assert (await why(door, path, key=office.secret))[0] == 404


async def test_a_resolved_card_lists_coupons_with_their_standing(door: TillDoor, window: ShopWindow) -> None:
    member = door.enrolment.member.id
    usable = await window.coupon(member, every=Every.CALENDAR_MONTH, uses=2)
    unknown = await window.coupon(member, "elsewhere")
    async with door.ask("POST", f"/v1/cards/{door.code}/resolve") as response:
        card = await response.json()

    told = {coupon["id"]: coupon for coupon in card["coupons"]}

    assert told[usable.id] == {
        "id": usable.id,
        "offer": "cake",
        "title": {"ru": "Пирожное месяца", "en": "Cake of the month"},
        "usable": True,
        "state": "active",
        "uses_left": 2,
        "until": "2026-03-31T21:00:00.000Z",
        "again_at": "2026-03-31T21:00:00.000Z",
        "text": {
            "ru": "Действует до 31 марта включительно, осталось 2 применения",
            "en": "Valid until 31 March inclusive, 2 uses left",
        },
    }
    assert told[unknown.id]["usable"] is False
    assert told[unknown.id]["text"] == {"ru": "На этой кассе не принимается", "en": "Cannot be used at this till"}
