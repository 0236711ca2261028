"""Returns at the till's door: by line, in parts, asked again, and found again by the order's number."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from offers.model.programme import Scope
from offers.store.store import Store
from tests.clock import SettableClock
from tests.till_door import TillDoor, open_till_door


@pytest_asyncio.fixture(loop_scope="session")
async def door(store: Store, clock: SettableClock) -> AsyncIterator[TillDoor]:
    async with open_till_door(store, clock) as opened:
        await opened.settle(opened.basket("before", amount=90_000))
        yield opened


async def sell(door: TillDoor) -> Any:
    """A coffee for 100 and three buns for 60 roubles, 40 of them paid with points."""
    basket = door.basket("A-17", amount=10_000, points=40)
    basket["lines"].append({"sku": "bun", "category": "bakery", "quantity": "3", "unit_price_minor": 2_000})
    response, receipt = await door.settle(basket)
    assert response.status == 201
    return receipt


async def bring_back(door: TillDoor, receipt: Any, body: dict[str, Any], **headers: str) -> tuple[int, Any]:
    path = f"/v1/checkouts/{receipt['checkout_id']}/returns"
    async with door.ask("POST", path, json=body, headers=headers) as response:
        return response.status, await response.json()


async def test_a_return_tells_what_to_pay_out_and_where_the_points_went(door: TillDoor) -> None:
    receipt = await sell(door)

    status, made = await bring_back(door, receipt, {"return_ref": "R-1", "lines": [{"line": 1, "quantity": "2"}]})

    assert status == 201
    assert made == {
        "return_ref": "R-1",
        "checkout_id": receipt["checkout_id"],
        "order_ref": "A-17",
        "at": "2026-03-11T14:30:00.000Z",
        "currency": "RUB",
        "total_minor": 4_000,
        "refund_minor": 3_000,
        "points": {"returned": 10, "taken_back": 3, "balance": 90 - 40 + 12 + 10 - 3},
        "lines": [
            {
                "line": 1,
                "quantity": "2",
                "total_minor": 4_000,
                "discount_minor": 0,
                "redeemed_minor": 1_000,
                "refund_minor": 3_000,
                "points_redeemed": 10,
                "points_accrued": 3,
            }
        ],
        "is_whole": False,
        "idempotency_key": None,
    }
    assert await door.balance() == 69


async def test_a_return_sent_again_is_answered_with_the_same_bytes(door: TillDoor, clock: SettableClock) -> None:
    receipt = await sell(door)
    lines = [{"line": 0, "amount_minor": 5_000}, {"line": 1, "quantity": "1"}]
    first = await bring_back(door, receipt, {"return_ref": "R-1", "lines": lines}, **{"Idempotency-Key": "k-1"})
    await bring_back(door, receipt, {"return_ref": "R-2", "lines": [{"line": 1, "quantity": "1"}]})
    clock.move(timedelta(days=3))
    respelled = [{"line": 1, "quantity": "1.00"}, {"line": 0, "amount_minor": 5_000}]

    again = await bring_back(door, receipt, {"return_ref": "R-1", "lines": lines}, **{"Idempotency-Key": "k-1"})
    under_a_new_key = await bring_back(
        door, receipt, {"return_ref": "R-1", "lines": respelled}, **{"Idempotency-Key": "k-2"}
    )
    another_body = await bring_back(door, receipt, {"return_ref": "R-1"})
    another_ref = await bring_back(door, receipt, {"return_ref": "R-3"}, **{"Idempotency-Key": "k-1"})

    assert first == again == under_a_new_key
    assert (another_body[0], another_body[1]["code"]) == (422, "idempotency_mismatch")
    assert (another_ref[0], another_ref[1]["code"]) == (422, "idempotency_mismatch")


async def test_what_happened_to_an_order_shows_returns_and_voids(door: TillDoor) -> None:
    receipt = await sell(door)
    _, made = await bring_back(door, receipt, {"return_ref": "R-1", "lines": [{"line": 1, "quantity": "2"}]})
    async with door.ask("GET", "/v1/checkouts", params={"order_ref": "A-17"}) as response:
        (returned,) = (await response.json())["checkouts"]
    async with door.ask("POST", f"/v1/checkouts/{receipt['checkout_id']}/void") as response:
        assert response.status == 200
    async with door.ask("GET", "/v1/checkouts", params={"order_ref": "A-17"}) as response:
        (voided,) = (await response.json())["checkouts"]

    assert (returned["state"], returned["refunded_minor"], returned["returns"]) == ("settled", 3_000, [made])
    assert [line["returned"] for line in returned["lines"]] == [
        {"quantity": "0", "total_minor": 0, "refund_minor": 0},
        {"quantity": "2", "total_minor": 4_000, "refund_minor": 3_000},
    ]
    assert (voided["state"], voided["voided_at"], voided["returns"]) == ("voided", "2026-03-11T14:30:00.000Z", [made])
    assert await door.balance() == 90


async def test_everything_that_is_left_comes_back_at_once(door: TillDoor) -> None:
    receipt = await sell(door)
    await bring_back(door, receipt, {"return_ref": "R-1", "lines": [{"line": 1, "quantity": "2"}]})

    status, made = await bring_back(door, receipt, {"return_ref": "R-2"})
    over = await bring_back(door, receipt, {"return_ref": "R-3"})
    more = await bring_back(door, receipt, {"return_ref": "R-3", "lines": [{"line": 0, "amount_minor": 1}]})

    assert (status, made["is_whole"], made["refund_minor"]) == (201, True, receipt["payable_minor"] - 3_000)
    assert (over[0], over[1]["code"]) == (409, "nothing_to_return")
    assert (more[0], more[1]["code"], more[1]["left_minor"]) == (409, "over_return", 0)
    assert await door.balance() == 90


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/return_ref"),
        ({"return_ref": ""}, "/return_ref"),
        ({"return_ref": "R-1", "lines": []}, "/lines"),
        ({"return_ref": "R-1", "lines": [{"line": 0}]}, "/lines/0"),
        ({"return_ref": "R-1", "lines": [{"line": -1, "quantity": "1"}]}, "/lines/0/line"),
        ({"return_ref": "R-1", "lines": [{"line": 0, "quantity": "0"}]}, "/lines/0/quantity"),
        ({"return_ref": "R-1", "lines": [{"line": 0, "quantity": 1}]}, "/lines/0/quantity"),
        ({"return_ref": "R-1", "lines": [{"line": 0, "amount_minor": 0}]}, "/lines/0/amount_minor"),
        ({"return_ref": "R-1", "lines": [{"line": 0, "amount_minor": 1}, {"line": 0, "amount_minor": 1}]}, "/"),
        ({"return_ref": "R-1", "why": "cold"}, "/why"),
    ],
)
async def test_a_wrong_field_of_a_return_is_pointed_at(door: TillDoor, body: dict[str, Any], pointer: str) -> None:
    receipt = await sell(door)

    status, problem = await bring_back(door, receipt, body)

    assert (status, problem["code"]) == (422, "invalid_body")
    assert [error["pointer"] for error in problem["errors"]] == [pointer]
    assert await door.balance() == 62


async def test_a_return_that_cannot_be_is_refused_with_what_is_left(door: TillDoor) -> None:
    receipt = await sell(door)
    await bring_back(door, receipt, {"return_ref": "R-1", "lines": [{"line": 1, "quantity": "2"}]})

    over = await bring_back(door, receipt, {"return_ref": "R-2", "lines": [{"line": 1, "quantity": "1.5"}]})
    unknown = await bring_back(door, receipt, {"return_ref": "R-2", "lines": [{"line": 7, "quantity": "1"}]})
    nowhere = await bring_back(door, {"checkout_id": "none"}, {"return_ref": "R-2"})

    assert (over[0], over[1]["code"]) == (409, "over_return")
    assert (over[1]["line"], over[1]["quantity_left"], over[1]["left_minor"]) == (1, "1", 2_000)
    assert (unknown[0], unknown[1]["code"]) == (422, "unknown_line")
    assert (nowhere[0], nowhere[1]["code"]) == (404, "unknown_checkout")


async def test_of_a_voided_sale_nothing_comes_back(door: TillDoor) -> None:
    receipt = await sell(door)
    async with door.ask("POST", f"/v1/checkouts/{receipt['checkout_id']}/void") as response:
        assert response.status == 200

    status, problem = await bring_back(door, receipt, {"return_ref": "R-1"})

    assert (status, problem["code"]) == (409, "already_voided")


async def test_a_returned_sale_is_not_voided(door: TillDoor) -> None:
    receipt = await sell(door)
    await bring_back(door, receipt, {"return_ref": "R-1"})

    async with door.ask("POST", f"/v1/checkouts/{receipt['checkout_id']}/void") as response:
        assert (response.status, (await response.json())["code"]) == (409, "already_returned")


async def test_an_operators_key_returns_nothing(door: TillDoor) -> None:
    receipt = await sell(door)
    key = (await door.issue_key.for_programme(door.opened.programme.id, Scope.OPERATOR, name="office")).secret

    async with door.ask("POST", f"/v1/checkouts/{receipt['checkout_id']}/returns", key=key, json={}) as response:
        problem = await response.json()

    assert (response.status, problem["code"], problem["needed"]) == (403, "wrong_scope", Scope.TILL)
