"""Voucher codes through their API: made, used, mistyped, guessed, revoked, given back."""

import secrets
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from offers.engine.voucher_codes import ALPHABET, make_codes
from offers.store.store import Store
from tests.clock import SettableClock
from tests.limits_door import LimitsDoor, open_limits_door

BATCH = {"campaign": "spring", "offer": "free-coffee", "count": 2}


@pytest_asyncio.fixture(loop_scope="session")
async def door(store: Store, clock: SettableClock) -> AsyncIterator[LimitsDoor]:
    async with open_limits_door(store, clock) as opened:
        yield opened


async def codes(door: LimitsDoor, **changes: Any) -> list[str]:
    status, made = await door.as_operator("POST", "/v1/vouchers", json={**BATCH, **changes})
    assert status == 201
    return list(made["codes"])


def use(code: str, reference: str = "A-1", **more: Any) -> dict[str, Any]:
    return {"json": {"code": code, "reference": reference, **more}}


async def test_a_batch_is_made_once_under_its_idempotency_key(door: LimitsDoor) -> None:
    headers = {"Idempotency-Key": "spring-1"}

    first = await door.as_operator("POST", "/v1/vouchers", json=BATCH, headers=headers)
    again = await door.as_operator("POST", "/v1/vouchers", json=BATCH, headers=headers)
    other = await door.as_operator("POST", "/v1/vouchers", json={**BATCH, "count": 3}, headers=headers)

    assert first == again
    assert first[0] == 201
    assert len(first[1]["codes"]) == 2
    assert (other[0], other[1]["code"]) == (422, "batch_mismatch")


async def test_a_code_is_looked_at_used_and_given_back(door: LimitsDoor) -> None:
    code, _ = await codes(door)

    status, used = await door.as_till("POST", "/v1/vouchers/redeem", **use(code.lower(), card=door.card))
    again = await door.as_till("POST", "/v1/vouchers/redeem", **use(code, card=door.card))
    _, spent = await door.as_operator("GET", f"/v1/vouchers/{code}")
    refused = await door.as_till("POST", "/v1/vouchers/redeem", **use(code, "A-2"))
    returned = await door.as_till("POST", "/v1/vouchers/return", json={"reference": "A-1"})
    _, back = await door.as_operator("GET", f"/v1/vouchers/{code}")

    assert (status, used["offer"], used["use"]["state"]) == (201, "free-coffee", "settled")
    assert again[1]["use"] == used["use"]
    assert (spent["state"], spent["uses_left"], back["state"]) == ("spent", 0, "active")
    assert (refused[0], refused[1]["code"], refused[1]["state"]) == (409, "voucher_not_active", "spent")
    assert returned == (200, {"reference": "A-1", "returned": 1})


async def test_a_revoked_code_says_so(door: LimitsDoor) -> None:
    code, _ = await codes(door)

    status, revoked = await door.as_operator("POST", f"/v1/vouchers/{code}/revoke")
    refused = await door.as_till("POST", "/v1/vouchers/redeem", **use(code))

    assert (status, revoked["state"]) == (200, "revoked")
    assert (refused[0], refused[1]["state"]) == (409, "revoked")


async def test_a_typing_mistake_is_told_from_a_guess_and_only_a_guess_makes_wait(
    door: LimitsDoor, clock: SettableClock
) -> None:
    code, _ = await codes(door)
    mistyped = code[:-1] + next(symbol for symbol in ALPHABET if symbol != code[-1])
    (guess,) = make_codes(secrets.token_bytes, 1)
    for _ in range(5):
        typo = await door.as_till("POST", "/v1/vouchers/redeem", **use(mistyped, device="phone-1"))
        assert (typo[0], typo[1]["code"], typo[1]["field"]) == (422, "voucher_typo", "/code")

    attack = await door.as_till("POST", "/v1/vouchers/redeem", **use(guess, device="phone-1"))
    held_back = await door.as_till("POST", "/v1/vouchers/redeem", **use(code, device="phone-1"))
    neighbour = await door.as_till("POST", "/v1/vouchers/redeem", **use(code, device="phone-2"))
    clock.move(timedelta(seconds=30))
    later = await door.as_till("POST", "/v1/vouchers/redeem", **use(code, "A-2", device="phone-1"))

    assert (attack[0], attack[1]["code"]) == (404, "unknown_voucher")
    assert (held_back[0], held_back[1]["code"], held_back[1]["retry_after_s"]) == (429, "voucher_throttled", 30)
    assert neighbour[0] == 201
    assert (later[0], later[1]["code"]) == (409, "voucher_not_active")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"campaign": ""}, "/campaign"),
        ({"campaign": "a\nb"}, "/campaign"),
        ({"offer": "x" * 65}, "/offer"),
        ({"count": 0}, "/count"),
        ({"count": 1_001}, "/count"),
        ({"count": "2"}, "/count"),
        ({"uses_per_code": 0}, "/uses_per_code"),
        ({"uses_per_member": 0}, "/uses_per_member"),
        ({"valid_from": "2026-03-12T00:00:00"}, "/valid_from"),
        ({"valid_from": "2026-03-12T00:00:00Z", "valid_until": "2026-03-12T00:00:00Z"}, "/valid_until"),
        ({"refill": "sometimes"}, "/refill"),
        ({"colour": "red"}, "/colour"),
    ],
)
async def test_a_wrong_field_is_pointed_at(door: LimitsDoor, change: dict[str, Any], pointer: str) -> None:
    status, problem = await door.as_operator("POST", "/v1/vouchers", json={**BATCH, **change})

    assert (status, problem["code"]) == (422, "invalid_body")
    assert [error["pointer"] for error in problem["errors"]] == [pointer]


async def test_a_till_makes_no_codes_and_an_operator_uses_none(door: LimitsDoor) -> None:
    code, _ = await codes(door)

    asked = [
        await door.as_till("POST", "/v1/vouchers", json=BATCH),
        await door.as_till("GET", f"/v1/vouchers/{code}"),
        await door.as_till("POST", f"/v1/vouchers/{code}/revoke"),
        await door.as_operator("POST", "/v1/vouchers/redeem", **use(code)),
        await door.as_operator("POST", "/v1/vouchers/return", json={"reference": "A-1"}),
        await door.ask("tsk_" + "0" * 32, "POST", "/v1/vouchers", json=BATCH),
    ]

    assert [(status, problem["code"]) for status, problem in asked] == [(403, "wrong_scope")] * 5 + [
        (401, "unauthorized")
    ]


async def test_the_refusal_speaks_the_callers_language(door: LimitsDoor) -> None:
    (guess,) = make_codes(secrets.token_bytes, 1)

    _, problem = await door.as_operator("GET", f"/v1/vouchers/{guess}", headers={"Accept-Language": "ru"})

    assert problem["title"] == "Такого кода в программе нет."
