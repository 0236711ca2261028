"""Quotes at the till's door: price, hold, settle, and a fresh price inside the refusal."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from offers.store.store import Store
from tests.clock import SettableClock
from tests.till_door import TillDoor, open_till_door


@pytest_asyncio.fixture(loop_scope="session")
async def door(store: Store, clock: SettableClock) -> AsyncIterator[TillDoor]:
    """A till at which the member has 150 points and the silver level, 5 % off."""
    async with open_till_door(store, clock) as opened:
        await opened.settle(opened.basket("before", amount=150_000))
        yield opened


def basket(door: TillDoor, *, amount: int = 20_000, points: int = 0) -> dict[str, Any]:
    whole = door.basket(amount=amount, points=points)
    del whole["order_ref"]
    return whole


async def ask(door: TillDoor, method: str, path: str, **options: Any) -> tuple[int, Any]:
    async with door.ask(method, path, **options) as response:
        return response.status, await response.json()


async def quote(door: TillDoor, *, amount: int = 20_000, points: int = 0) -> Any:
    status, made = await ask(door, "POST", "/v1/quotes", json=basket(door, amount=amount, points=points))
    assert status == 201, made
    return made


async def settle(door: TillDoor, quote_id: str, *, order: str = "Q-1", **more: Any) -> tuple[int, Any]:
    return await ask(door, "POST", "/v1/checkouts", json={"quote_id": quote_id, "order_ref": order, **more})


async def test_a_quote_tells_everything_a_receipt_will(door: TillDoor) -> None:
    made = await quote(door, points=40)

    lines, explain = made.pop("lines"), made.pop("explain")
    assert made.pop("quote_id")
    assert len(made.pop("decision_hash")) == 64
    assert made == {
        "state": "open",
        "made_at": "2026-03-11T14:30:00.000Z",
        "expires_at": "2026-03-11T14:45:00.000Z",
        "held_until": None,
        "checkout_id": None,
        "currency": "RUB",
        "total_minor": 20_000,
        "discount_minor": 1_000,
        "redeemed_minor": 4_000,
        "payable_minor": 15_000,
        "points": {"accrued": 15, "redeemed": 40, "redeemable": 95, "balance": 150},
    }
    assert [line["payable_minor"] for line in lines] == [15_000]
    assert explain[0]["text"]["en"].startswith("Level “Silver”")
    assert await door.balance() == 150


async def test_the_same_basket_has_the_same_decision_hash_and_another_has_another(door: TillDoor) -> None:
    first, same, other = await quote(door), await quote(door), await quote(door, amount=20_001)

    assert first["quote_id"] != same["quote_id"]
    assert first["decision_hash"] == same["decision_hash"] != other["decision_hash"]


async def test_a_quote_is_held_looked_at_settled_and_answered_again(door: TillDoor, clock: SettableClock) -> None:
    made = await quote(door, points=40)
    path = f"/v1/quotes/{made['quote_id']}"
    clock.move(timedelta(minutes=1))

    held = await ask(door, "POST", f"{path}/hold")
    looked = await ask(door, "GET", path)
    first = await settle(door, made["quote_id"], at="2026-03-11T14:30:59+00:00")
    again = await settle(door, made["quote_id"], at="2026-03-11T17:30:59.000+03:00")
    _, settled = await ask(door, "GET", path)

    assert held == looked
    assert (held[0], held[1]["state"], held[1]["held_until"]) == (200, "held", "2026-03-11T14:46:00.000Z")
    assert held[1]["expires_at"] == "2026-03-11T14:46:00.000Z"
    assert first == again
    assert (first[0], first[1]["quote_id"], first[1]["payable_minor"]) == (201, made["quote_id"], 15_000)
    assert (settled["state"], settled["checkout_id"]) == ("settled", first[1]["checkout_id"])
    assert await door.balance() == 150 - 40 + 15


async def test_held_points_are_refused_to_another_sale_until_they_are_released(door: TillDoor) -> None:
    made = await quote(door, amount=40_000, points=120)
    path = f"/v1/quotes/{made['quote_id']}/hold"
    await ask(door, "POST", path)

    refused = await door.settle(door.basket("S-1", amount=20_000, points=31))
    released = await ask(door, "DELETE", path)
    again = await ask(door, "DELETE", path)
    sold = await door.settle(door.basket("S-1", amount=20_000, points=31))

    assert (refused[0].status, refused[1]["code"], refused[1]["available"]) == (409, "not_enough_points", 30)
    assert released == again
    assert (released[0], released[1]["state"], released[1]["held_until"]) == (200, "open", None)
    assert sold[0].status == 201


async def test_a_hold_that_ran_out_is_shown_as_none(door: TillDoor, clock: SettableClock) -> None:
    made = await quote(door, points=40)
    await ask(door, "POST", f"/v1/quotes/{made['quote_id']}/hold")
    clock.move(timedelta(minutes=15))

    _, looked = await ask(door, "GET", f"/v1/quotes/{made['quote_id']}")

    assert (looked["state"], looked["held_until"]) == ("open", None)


async def test_a_price_that_cannot_stand_is_answered_with_a_fresh_quote_that_can(door: TillDoor) -> None:
    made = await quote(door, amount=40_000, points=120)
    await door.settle(door.basket("S-1", amount=40_000, points=100))

    status, problem = await settle(door, made["quote_id"])

    assert (status, problem["code"], problem["status"]) == (409, "price_changed", 409)
    assert problem["title"]
    fresh = problem["quote"]
    assert fresh["points"]["redeemed"] == fresh["points"]["balance"] == 150 - 100 + 28
    settled, receipt = await settle(door, fresh["quote_id"])
    assert (settled, receipt["points"]["redeemed"]) == (201, 78)


async def test_other_goods_are_answered_with_a_quote_of_them(door: TillDoor) -> None:
    made = await quote(door)
    line = basket(door)["lines"][0]

    changed, problem = await settle(door, made["quote_id"], lines=[line, line])
    same, _ = await settle(door, made["quote_id"], lines=[{**line, "quantity": "1.000"}])

    assert (changed, problem["quote"]["total_minor"]) == (409, 40_000)
    assert same == 201


async def test_the_refusal_speaks_the_language_it_is_asked_in(door: TillDoor) -> None:
    made = await quote(door, amount=40_000, points=120)
    await door.settle(door.basket("S-1", amount=40_000, points=100))

    body = {"quote_id": made["quote_id"], "order_ref": "Q-1"}
    _, problem = await ask(door, "POST", "/v1/checkouts", json=body, headers={"Accept-Language": "ru"})

    assert problem["title"].startswith("Цена изменилась")
    assert problem["quote"]["explain"][0]["text"].keys() == {"ru", "en"}


async def test_one_key_settles_one_order(door: TillDoor) -> None:
    first, second = await quote(door), await quote(door)
    headers = {"Idempotency-Key": "k-1"}
    body = {"quote_id": first["quote_id"], "order_ref": "Q-1"}
    await ask(door, "POST", "/v1/checkouts", json=body, headers=headers)

    again = await ask(door, "POST", "/v1/checkouts", json=body, headers=headers)
    other = await ask(
        door, "POST", "/v1/checkouts", json={"quote_id": second["quote_id"], "order_ref": "Q-2"}, headers=headers
    )
    as_a_basket, problem = await door.settle(door.basket("Q-1", amount=20_000))

    assert again[0] == 201
    assert (other[0], other[1]["code"]) == (422, "idempotency_mismatch")
    assert (as_a_basket.status, problem["code"]) == (422, "idempotency_mismatch")
    assert problem["earlier_checkout_id"] == again[1]["checkout_id"]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1/quotes/none", 404, "unknown_quote"),
        ("POST", "/v1/quotes/none/hold", 404, "unknown_quote"),
        ("DELETE", "/v1/quotes/none/hold", 404, "unknown_quote"),
    ],
)
async def test_a_quote_that_is_not_there_is_unknown(
    door: TillDoor, method: str, path: str, status: int, code: str
) -> None:
    answered, problem = await ask(door, method, path)

    assert (answered, problem["code"]) == (status, code)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"order_ref": ""}, "/order_ref"),
        ({"quote_id": ""}, "/quote_id"),
        ({"quote_id": 5}, "/quote_id"),
        ({"quote_id": "x" * 65}, "/quote_id"),
        ({"card": "TSR1"}, "/card"),
        ({"points_to_redeem": 5}, "/points_to_redeem"),
        ({"lines": []}, "/lines"),
        ({"at": "yesterday"}, "/at"),
    ],
)
async def test_a_wrong_field_of_a_settlement_is_pointed_at(
    door: TillDoor, change: dict[str, Any], pointer: str
) -> None:
    status, problem = await ask(door, "POST", "/v1/checkouts", json={"quote_id": "q", "order_ref": "Q-1", **change})

    assert (status, problem["code"]) == (422, "invalid_body")
    assert [error["pointer"] for error in problem["errors"]] == [pointer]


async def test_a_wrong_field_of_a_basket_is_pointed_at(door: TillDoor) -> None:
    status, problem = await ask(door, "POST", "/v1/quotes", json={**basket(door), "order_ref": "Q-1", "lines": []})

    assert (status, problem["code"]) == (422, "invalid_body")
    assert {error["pointer"] for error in problem["errors"]} == {"/order_ref", "/lines"}


async def test_quotes_need_a_tills_key(door: TillDoor) -> None:
    for method, path in (("POST", "/v1/quotes"), ("GET", "/v1/quotes/q"), ("POST", "/v1/quotes/q/hold")):
        status, problem = await ask(door, method, path, key="tsk_" + "0" * 32)
        assert (status, problem["code"]) == (401, "unauthorized")
