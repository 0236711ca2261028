"""What the till's API refuses: every bad input with its status and its stable code, and nothing kept of it."""

import json
from collections.abc import AsyncIterator
from io import BytesIO
from typing import Any

import pytest
import pytest_asyncio

from offers.engine.card_codes import scan_code
from offers.model.errors import TooManyRequests
from offers.model.ids import CardId
from offers.model.ledger import POINTS
from offers.model.programme import Scope
from offers.store.store import Store
from tests.clock import SettableClock
from tests.till_door import CODE_KEY, TillDoor, open_till_door
from web.limits import RateLimit

WRONG_KEY = "tsk_" + "0" * 32


@pytest_asyncio.fixture(loop_scope="session")
async def door(store: Store, clock: SettableClock) -> AsyncIterator[TillDoor]:
    async with open_till_door(store, clock) as opened:
        yield opened


async def refusal(door: TillDoor, method: str, path: str, **options: Any) -> tuple[int, dict[str, Any]]:
    """Ask, and see that the answer is a problem document."""
    async with door.ask(method, path, **options) as response:
        problem = await response.json(content_type="application/problem+json")
        assert problem["status"] == response.status
        assert problem["title"]
        return response.status, problem


async def nothing_was_kept(door: TillDoor) -> bool:
    member_id = door.enrolment.member.id
    receipts = await door.store.reading.receipts.last_of(member_id, limit=5)
    return not receipts and await door.store.reading.accounts.find(member_id, POINTS) is None


def line(**changes: Any) -> dict[str, Any]:
    return {"sku": "s", "category": "c", "quantity": "1", "unit_price_minor": 100, **changes}


BAD_FIELDS: list[tuple[dict[str, Any], str]] = [
    ({"order_ref": ""}, "/order_ref"),
    ({"order_ref": "x" * 65}, "/order_ref"),
    ({"order_ref": "a\nb"}, "/order_ref"),
    ({"order_ref": 17}, "/order_ref"),
    ({"currency": "rub"}, "/currency"),
    ({"points_to_redeem": -1}, "/points_to_redeem"),
    ({"points_to_redeem": 10**9 + 1}, "/points_to_redeem"),
    ({"points_to_redeem": 1.5}, "/points_to_redeem"),
    ({"points_to_redeem": "5"}, "/points_to_redeem"),
    ({"points_to_redeem": True}, "/points_to_redeem"),
    ({"coupon_codes": [""]}, "/coupon_codes/0"),
    ({"discount": 5}, "/discount"),
    ({"at": "yesterday"}, "/at"),
    ({"at": "2026-03-11T14:30:00"}, "/at"),
    ({"at": 1_773_000_000}, "/at"),
    ({"at": "0001-01-01T00:00:00+14:00"}, "/at"),
    ({"at": "9999-12-31T23:59:59Z"}, "/at"),
    ({"card": None}, "/card"),
    ({"lines": []}, "/lines"),
    ({"lines": [line()] * 501}, "/lines"),
    ({"lines": [line()] * 10_000}, "/lines"),
    ({"lines": [line(unit_price_minor=-1)]}, "/lines/0/unit_price_minor"),
    ({"lines": [line(unit_price_minor=10**12 + 1)]}, "/lines/0/unit_price_minor"),
    ({"lines": [line(unit_price_minor=10**40)]}, "/lines/0/unit_price_minor"),
    ({"lines": [line(unit_price_minor=99.9)]}, "/lines/0/unit_price_minor"),
    ({"lines": [line(quantity="0")]}, "/lines/0/quantity"),
    ({"lines": [line(quantity="-1")]}, "/lines/0/quantity"),
    ({"lines": [line(quantity="1000000.000001")]}, "/lines/0/quantity"),
    ({"lines": [line(quantity="1.0000001")]}, "/lines/0/quantity"),
    ({"lines": [line(quantity="1e3")]}, "/lines/0/quantity"),
    ({"lines": [line(quantity="NaN")]}, "/lines/0/quantity"),
    ({"lines": [line(quantity="١")]}, "/lines/0/quantity"),
    ({"lines": [line(quantity=1)]}, "/lines/0/quantity"),
    ({"lines": [line(sku="")]}, "/lines/0/sku"),
    ({"lines": [line(category="c" * 65)]}, "/lines/0/category"),
    ({"lines": [line(colour="red")]}, "/lines/0/colour"),
]


@pytest.mark.parametrize(("change", "pointer"), BAD_FIELDS)
async def test_a_wrong_field_is_refused_and_pointed_at(door: TillDoor, change: dict[str, Any], pointer: str) -> None:
    status, problem = await refusal(door, "POST", "/v1/checkouts", json={**door.basket(), **change})

    assert (status, problem["code"]) == (422, "invalid_body")
    assert [error["pointer"] for error in problem["errors"]] == [pointer]
    assert await nothing_was_kept(door)


async def test_a_missing_field_is_refused_and_pointed_at(door: TillDoor) -> None:
    status, problem = await refusal(door, "POST", "/v1/checkouts", json={})

    assert (status, problem["code"]) == (422, "invalid_body")
    assert [error["pointer"] for error in problem["errors"]] == ["/card", "/order_ref", "/lines", "/currency"]


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"card": "4606224041234"}, 422, "malformed_code"),
        ({"card": "TSR1.short.mac"}, 422, "malformed_code"),
        ({"card": "TSR2." + "0" * 20 + "." + "0" * 16}, 422, "malformed_code"),
        ({"card": "TSR1." + "0" * 20 + "." + "0" * 16}, 422, "forged_code"),
        ({"card": scan_code(CardId("0" * 20), CODE_KEY)}, 404, "unknown_card"),
        ({"currency": "EUR"}, 422, "wrong_currency"),
        ({"lines": [line(unit_price_minor=0)]}, 422, "amount_out_of_range"),
        ({"lines": [line(unit_price_minor=10**12), line()]}, 422, "amount_out_of_range"),
        ({"lines": [line(unit_price_minor=10**12, quantity="1000000")] * 500}, 422, "amount_out_of_range"),
        ({"points_to_redeem": 1}, 409, "not_enough_points"),
        ({"at": "2026-03-11T14:36:00Z"}, 422, "purchase_in_future"),
        ({"at": "2026-02-01T14:30:00Z"}, 422, "purchase_too_old"),
    ],
)
async def test_a_sale_that_cannot_be_is_refused(door: TillDoor, change: dict[str, Any], status: int, code: str) -> None:
    answered, problem = await refusal(door, "POST", "/v1/checkouts", json={**door.basket(), **change})

    assert (answered, problem["code"]) == (status, code)
    assert await nothing_was_kept(door)


async def test_more_points_than_the_terms_allow_are_refused_with_the_limit(door: TillDoor) -> None:
    await door.settle(door.basket("before", amount=90_000))

    status, problem = await refusal(door, "POST", "/v1/checkouts", json=door.basket(amount=10_000, points=51))

    assert (status, problem["code"], problem["allowed"]) == (409, "redemption_limit", 50)


@pytest.mark.parametrize(
    ("body", "code", "status"),
    [
        (b"", "malformed_json", 400),
        (b"{", "malformed_json", 400),
        (b"\xff\xfe", "malformed_json", 400),
        (b'{"card": "\\ud800"}', "malformed_json", 400),
        (b"[" * 100_000, "malformed_json", 400),
        (b"null", "invalid_body", 422),
        (b"[]", "invalid_body", 422),
        (b" " * (1024 * 1024 + 1), "body_too_large", 413),
    ],
)
async def test_a_body_that_is_not_a_basket_is_refused(door: TillDoor, body: bytes, code: str, status: int) -> None:
    answered, problem = await refusal(door, "POST", "/v1/checkouts", data=BytesIO(body))

    assert (answered, problem["code"]) == (status, code)


async def test_a_body_that_does_not_tell_its_length_is_cut_off_at_the_limit(door: TillDoor) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b" " * 64 * 1024

    status, problem = await refusal(door, "POST", "/v1/checkouts", data=endless())

    assert (status, problem["code"]) == (413, "body_too_large")


@pytest.mark.parametrize("value", ["", "x" * 201, "ключ"])
async def test_an_idempotency_key_that_cannot_be_printed_or_is_too_long_is_refused(door: TillDoor, value: str) -> None:
    headers = {"Idempotency-Key": value}
    status, problem = await refusal(door, "POST", "/v1/checkouts", json=door.basket(), headers=headers)

    assert (status, problem["code"], problem["header"]) == (400, "bad_header", "Idempotency-Key")


ADDRESSES = [
    ("GET", "/v1/till"),
    ("POST", "/v1/checkouts"),
    ("GET", "/v1/checkouts?order_ref=A"),
    ("POST", "/v1/checkouts/c/void"),
    ("POST", "/v1/cards/c/resolve"),
    ("POST", "/v1/scan"),
]


@pytest.mark.parametrize(("method", "path"), ADDRESSES)
async def test_every_address_wants_a_till_key_first(door: TillDoor, method: str, path: str) -> None:
    operator = await door.issue_key.for_programme(door.opened.programme.id, Scope.OPERATOR, name="operator")

    for authorization in (
        "",
        "Bearer",
        "Bearer \u0420\u0423",
        f"Basic {door.key}",
        f"Bearer {door.key}x",
        f"Bearer {WRONG_KEY}",
    ):
        status, problem = await refusal(door, method, path, headers={"Authorization": authorization}, data=b"{")
        assert (status, problem["code"]) == (401, "unauthorized"), authorization
    status, problem = await refusal(door, method, path, key=operator.secret, data=b"{")

    assert (status, problem["code"], problem["needed"]) == (403, "wrong_scope", "till")


async def test_a_revoked_key_stops_within_five_seconds(door: TillDoor, clock: SettableClock) -> None:
    time_s = 1_000.0
    door.doorkeeper.now_s = lambda: time_s
    async with door.ask("GET", "/v1/till") as response:
        assert response.status == 200
    await door.store.reading.programmes.revoke_key(door.opened.till_key.key.id, at=clock())

    async with door.ask("GET", "/v1/till") as response:
        assert response.status == 200  # remembered
    time_s += 5.0
    status, problem = await refusal(door, "GET", "/v1/till")

    assert (status, problem["code"]) == (401, "unauthorized")


async def test_keys_tried_one_after_another_from_one_address_are_stopped(door: TillDoor) -> None:
    for number in range(30):
        status, _ = await refusal(door, "GET", "/v1/till", key=f"tsk_{number:032d}")
        assert status == 401

    status, problem = await refusal(door, "GET", "/v1/till", key=f"tsk_{30:032d}")

    assert (status, problem["code"]) == (429, "too_many_requests")


async def test_one_wrong_key_sent_again_and_again_locks_nobody_out(door: TillDoor) -> None:
    for _ in range(100):
        status, _ = await refusal(door, "GET", "/v1/till", key=WRONG_KEY)
        assert status == 401

    async with door.ask("GET", "/v1/till") as response:
        assert response.status == 200


async def test_a_key_used_too_often_waits_and_is_told_how_long(door: TillDoor) -> None:
    door.doorkeeper.calls = RateLimit(per_minute=60, burst=2, now_s=lambda: 0.0)
    for _ in range(2):
        async with door.ask("GET", "/v1/till") as response:
            assert response.status == 200

    async with door.ask("GET", "/v1/till") as response:
        assert response.status == 429
        assert response.headers["Retry-After"] == "1"
        assert (await response.json(content_type=None))["code"] == TooManyRequests.code


async def test_a_query_without_an_order_is_refused(door: TillDoor) -> None:
    for path in ("/v1/checkouts", "/v1/checkouts?order_ref=", "/v1/checkouts?order_ref=a&page=2"):
        status, problem = await refusal(door, "GET", path)
        assert (status, problem["code"]) == (422, "invalid_body")


async def test_unknown_addresses_and_methods_are_refused_as_problems_too(door: TillDoor) -> None:
    status, problem = await refusal(door, "DELETE", "/v1/checkouts")
    assert (status, problem["code"]) == (405, "method_not_allowed")
    status, problem = await refusal(door, "GET", "/v1/nothing")
    assert (status, problem["code"]) == (404, "not_found")


async def test_a_refusal_speaks_the_language_that_was_asked_for(door: TillDoor) -> None:
    basket = {**door.basket(), "currency": "EUR"}

    _, russian = await refusal(door, "POST", "/v1/checkouts", json=basket, headers={"Accept-Language": "ru-RU"})
    _, english = await refusal(door, "POST", "/v1/checkouts", json=basket)

    assert russian["title"] == "Валюта программы — RUB, а не EUR."
    assert english["title"] == "This programme counts in RUB, not EUR."
    assert json.dumps(russian["expected"]) == '"RUB"'
