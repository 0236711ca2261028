"""The till's API as a till sees it: settle, ask again, void, find, resolve."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest_asyncio

from offers.model.card import CardState
from offers.model.ids import OutletId
from offers.model.message import Lane
from offers.store.store import Store
from tests.clock import SettableClock
from tests.till_door import COFFEE, TillDoor, open_till_door


@pytest_asyncio.fixture(loop_scope="session")
async def door(store: Store, clock: SettableClock) -> AsyncIterator[TillDoor]:
    async with open_till_door(store, clock) as opened:
        yield opened


async def send(door: TillDoor, basket: dict[str, Any], **headers: str) -> tuple[int, bytes]:
    async with door.ask("POST", "/v1/checkouts", json=basket, headers=headers) as response:
        return response.status, await response.read()


BUN = {
    "sku": "bun",
    "category": "bakery",
    "quantity": "0.350",
    "unit_price_minor": 40_000,
    "total_minor": 14_000,
    "discount_minor": 700,
    "redeemed_minor": 2_333,
    "payable_minor": 10_967,
    "points_accrued": 11,
    "returned": {"quantity": "0", "total_minor": 0, "refund_minor": 0},
}
LEVEL = {
    "code": "level_applied",
    "applied": True,
    "text": {
        "ru": "Уровень «Серебро»: скидка 5\N{NO-BREAK SPACE}%, к оплате на 12\N{NO-BREAK SPACE}₽ меньше",
        "en": "Level “Silver”: 5% off, RUB\N{NO-BREAK SPACE}12 less to pay",
    },
    "level_ru": "Серебро",
    "level_en": "Silver",
    "discount_bp": 500,
    "discount_minor": 1_200,
}


async def test_a_settled_sale_is_answered_with_its_whole_receipt(door: TillDoor) -> None:
    await door.settle(door.basket("before", amount=150_000))
    basket = door.basket("A-17", amount=10_000, points=40)
    basket["lines"].append({"sku": "bun", "category": "bakery", "quantity": "0.350", "unit_price_minor": 40_000})

    response, receipt = await door.settle(basket, headers={"Idempotency-Key": "k 1"})

    assert response.status == 201
    assert response.content_type == "application/json"
    assert receipt.pop("checkout_id")
    lines, explain = receipt.pop("lines"), receipt.pop("explain")
    assert receipt == {
        "order_ref": "A-17",
        "state": "settled",
        "at": "2026-03-11T14:30:00.000Z",
        "business_day": "2026-03-11",
        "currency": "RUB",
        "total_minor": 24_000,
        "discount_minor": 1_200,
        "redeemed_minor": 4_000,
        "payable_minor": 18_800,
        "points": {"accrued": 18, "redeemed": 40, "balance": 128},
        "card_version": 1,
        "idempotency_key": "k 1",
        "quote_id": None,
        "voided_at": None,
        "refunded_minor": 0,
        "stamps": [],
    }
    assert lines[1] == BUN
    assert explain[0] == LEVEL
    assert [line["code"] for line in explain[1:]] == ["level_not_reached", "points_redeemed", "points_accrued"]


async def test_the_same_sale_sent_again_is_answered_with_the_same_bytes(
    door: TillDoor, clock: SettableClock, store: Store
) -> None:
    basket = {**door.basket(), "at": "2026-03-11T17:29:59.123456+03:00"}
    first = await send(door, basket, **{"Idempotency-Key": "k-1"})
    await door.settle(door.basket("another", amount=90_000))
    clock.move(timedelta(minutes=7))
    in_other_letters = {**basket, "card": f" {basket['card'].lower()} ", "coupon_codes": []}
    in_other_letters["lines"] = [{**basket["lines"][0], "quantity": "1.00"}]

    again = await send(door, basket, **{"Idempotency-Key": "k-1"})
    without_key = await send(door, basket)
    respelled = await send(door, in_other_letters)

    assert first[0] == 201
    assert first == again == without_key == respelled
    assert await store.reading.outbox.waiting(Lane.EVENTS) == 3  # enrolled and two sales


async def test_a_sale_without_an_instant_is_the_same_sale_a_minute_later(door: TillDoor, clock: SettableClock) -> None:
    first = await send(door, door.basket())
    clock.move(timedelta(minutes=1))

    again = await send(door, door.basket())

    assert first == again


async def test_ten_tills_that_send_one_sale_at_once_settle_it_once(door: TillDoor) -> None:
    answers = await asyncio.gather(*(send(door, door.basket()) for _ in range(10)))

    assert len(set(answers)) == 1
    assert await door.balance() == 25


async def test_another_body_under_the_same_order_or_key_is_refused(door: TillDoor) -> None:
    _, receipt = await door.settle(door.basket("A-1"), headers={"Idempotency-Key": "k-1"})

    by_order, problem = await door.settle(door.basket("A-1", amount=1))
    by_key, _ = await door.settle(door.basket("A-2"), headers={"Idempotency-Key": "k-1"})

    assert (by_order.status, by_key.status) == (422, 422)
    assert problem["code"] == "idempotency_mismatch"
    assert problem["earlier_checkout_id"] == receipt["checkout_id"]
    assert await door.balance() == 25


async def test_the_business_day_is_the_outlets(door: TillDoor, clock: SettableClock) -> None:
    clock.set_to(datetime(2026, 3, 11, 21, 30, tzinfo=UTC))  # half past midnight in Moscow

    _, receipt = await door.settle(door.basket())

    assert receipt["business_day"] == "2026-03-12"


async def test_a_void_gives_everything_back_and_may_be_repeated(door: TillDoor) -> None:
    await door.settle(door.basket("A-1", amount=90_000))
    _, receipt = await door.settle(door.basket("A-2", amount=10_000, points=50))
    path = f"/v1/checkouts/{receipt['checkout_id']}/void"

    async with door.ask("POST", path) as response:
        voided = await response.read()
        assert response.status == 200
        assert (await response.json())["state"] == "voided"
    async with door.ask("POST", path) as response:
        again = await response.read()

    assert voided == again
    assert await door.balance() == 90


async def test_a_void_of_a_day_that_is_over_or_of_anothers_sale_is_refused(
    door: TillDoor, clock: SettableClock, store: Store
) -> None:
    _, receipt = await door.settle(door.basket())
    path = f"/v1/checkouts/{receipt['checkout_id']}/void"
    elsewhere = await _another_outlet(door)

    async with door.ask("POST", path, key=elsewhere) as response:
        assert (response.status, (await response.json())["code"]) == (404, "unknown_checkout")
    clock.move(timedelta(days=1))
    async with door.ask("POST", path) as response:
        assert (response.status, (await response.json())["code"]) == (409, "void_window_closed")
    assert len(await store.reading.receipts.last_of(door.enrolment.member.id, limit=5)) == 1


async def _another_outlet(door: TillDoor) -> str:
    outlet = replace(door.opened.outlet, id=OutletId("elsewhere"), slug="elsewhere")
    await door.store.reading.programmes.add_outlet(outlet)
    return (await door.issue_key.for_till(outlet, name="elsewhere")).secret


async def test_a_till_finds_out_what_happened_to_an_order(door: TillDoor, clock: SettableClock) -> None:
    sent, first = await send(door, door.basket("A-17"))
    clock.move(timedelta(days=1))
    await door.settle(door.basket("A-17", amount=700))

    async with door.ask("GET", "/v1/checkouts", params={"order_ref": "A-17"}) as response:
        found = (await response.json())["checkouts"]
    async with door.ask("GET", "/v1/checkouts", params={"order_ref": "never"}) as response:
        nothing = await response.json()
    async with door.ask("GET", "/v1/checkouts", key=await _another_outlet(door), params={"order_ref": "A-17"}) as other:
        of_another = await other.json()

    assert sent == 201
    assert [receipt["total_minor"] for receipt in found] == [700, 25_000]
    assert found[1]["checkout_id"].encode() in first
    assert nothing == of_another == {"checkouts": []}


async def test_a_scanned_card_shows_what_the_cashier_needs_and_nothing_of_the_person(door: TillDoor) -> None:
    await door.settle(door.basket("before", amount=150_000))

    async with door.ask("POST", f"/v1/cards/{door.code}/resolve") as response:
        text = await response.text()
        card = await response.json()

    assert card == {
        "state": "active",
        "card_version": 1,
        "greeting": {"ru": "Уровень «Серебро»", "en": "Level “Silver”"},
        "level": {"ru": "Серебро", "en": "Silver"},
        "next_level": {"name": {"ru": "Золото", "en": "Gold"}, "discount_bp": 1_000, "missing_minor": 850_000},
        "discount_bp": 500,
        "balance": 150,
        "accrual_bp": 1_000,
        "redemption": {"point_value_minor": 100, "redemption_limit_bp": 5_000},
        "currency": "RUB",
        "currency_digits": 2,
        "coupons": [],
        "stamps": [],
        "replaced": False,
        "shown": "static",
        "may": {
            "accrue": True,
            "redeem_points": True,
            "use_coupons": True,
            "spend_prepaid": True,
            "points_today": None,
        },
        "notes": [],
    }
    member = door.enrolment.member
    assert member.phone
    assert member.phone.lstrip("+") not in text
    assert member.id not in text


async def test_a_voided_card_is_shown_as_such_and_sells_nothing(door: TillDoor, store: Store) -> None:
    await store.reading.cards.set_state(door.enrolment.card.id, CardState.VOIDED)

    async with door.ask("POST", f"/v1/cards/{door.code}/resolve") as response:
        assert (response.status, (await response.json())["state"]) == (200, "voided")
    refused, problem = await door.settle(door.basket())

    assert (refused.status, problem["code"], problem["state"]) == (409, "card_not_active", "voided")


async def test_a_till_learns_whose_it_is(door: TillDoor) -> None:
    async with door.ask("GET", "/v1/till") as response:
        till = await response.json()

    assert till == {
        "programme": {"ru": "Кофейня", "en": "Coffee house"},
        "outlet": COFFEE.outlet_name,
        "currency": "RUB",
        "currency_digits": 2,
        "zone": "Europe/Moscow",
        "is_sample": False,
    }


async def test_a_card_of_another_programme_is_unknown_here(door: TillDoor, clock: SettableClock, store: Store) -> None:
    async with open_till_door(store, clock, replace(COFFEE, slug="tea")) as other:
        refused, problem = await door.settle({**door.basket(), "card": other.code})
        async with door.ask("POST", f"/v1/cards/{other.code}/resolve") as response:
            assert (response.status, (await response.json())["code"]) == (404, "unknown_card")

    assert (refused.status, problem["code"]) == (404, "unknown_card")
