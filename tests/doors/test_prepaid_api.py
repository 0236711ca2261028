"""Prepaid money through the API: put on once, spent once, returned once, and never points."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio

from offers.engine.card_codes import scan_code
from offers.model.card import CardState
from offers.store.store import Store
from tests.clock import SettableClock
from tests.members_door import MembersDoor, open_members_door
from tests.till_door import CODE_KEY


@pytest_asyncio.fixture(loop_scope="session")
async def door(store: Store, clock: SettableClock) -> AsyncIterator[MembersDoor]:
    async with open_members_door(store, clock) as opened:
        yield opened


async def left(door: MembersDoor) -> int:
    _, told = await door.as_till("GET", door.path("prepaid"))
    return int(told["balance_minor"])


async def top_up(door: MembersDoor, amount_minor: int = 50_000, *, once: str = "card-1") -> tuple[int, Any]:
    return await door.as_till("POST", door.path("prepaid"), json={"amount_minor": amount_minor}, once=once)


async def spend(door: MembersDoor, amount_minor: int, *, once: str = "p-1") -> tuple[int, Any]:
    return await door.as_till("POST", door.path("prepaid/spend"), json={"amount_minor": amount_minor}, once=once)


async def test_a_gift_card_is_put_on_once_and_paid_with_once(door: MembersDoor) -> None:
    empty = await door.as_till("GET", door.path("prepaid"))

    status, put = await top_up(door)
    again = await top_up(door)
    paid = await spend(door, 20_000)
    repeated = await spend(door, 20_000)

    assert empty == (200, {"currency": "RUB", "balance_minor": 0, "free_minor": 0})
    assert (status, put["amount_minor"], put["balance_minor"]) == (201, 50_000, 50_000)
    assert again == (status, put)
    assert (paid[0], paid[1]["amount_minor"], paid[1]["balance_minor"]) == (201, -20_000, 30_000)
    assert repeated == paid
    assert await left(door) == 30_000


async def test_a_key_names_one_payment_for_ever(door: MembersDoor) -> None:
    await top_up(door)
    await spend(door, 20_000)

    other_top_up = await top_up(door, 1)
    other_payment = await spend(door, 1)

    assert [problem["code"] for _, problem in (other_top_up, other_payment)] == ["movement_key_reused"] * 2
    assert await left(door) == 30_000


async def test_the_keys_of_a_till_and_of_the_office_are_not_confused(door: MembersDoor) -> None:
    await top_up(door)

    status, put = await door.as_olga("POST", door.path("prepaid"), json={"amount_minor": 100}, once="card-1")

    assert (status, put["balance_minor"]) == (201, 50_100)


async def test_more_than_there_is_cannot_be_spent_by_however_many_tills(door: MembersDoor) -> None:
    await top_up(door)

    answers = await asyncio.gather(*(spend(door, 20_000, once=f"p-{number}") for number in range(5)))

    assert sorted(status for status, _ in answers) == [201, 201, 409, 409, 409]
    refusals = [problem for status, problem in answers if status == 409]
    assert {(problem["code"], problem["field"]) for problem in refusals} == {("not_enough_balance", "/amount_minor")}
    assert await left(door) == 10_000


async def test_a_payment_is_returned_whole_and_once(door: MembersDoor) -> None:
    await top_up(door)
    await spend(door, 20_000)
    body = {"payment": "p-1"}

    back = [await door.as_till("POST", door.path("prepaid/undo"), json=body) for _ in range(2)]
    unknown = await door.as_till("POST", door.path("prepaid/undo"), json={"payment": "p-9"})
    of_another = await door.as_olga("POST", door.path("prepaid/undo"), json=body)

    assert (back[0][0], back[0][1]["amount_minor"], back[0] == back[1]) == (200, 20_000, True)
    assert (unknown[0], unknown[1]["code"], unknown[1]["field"]) == (404, "unknown_movement", "/payment")
    assert of_another[1]["code"] == "unknown_movement"
    assert await left(door) == 50_000


async def test_money_is_never_points(door: MembersDoor) -> None:
    await top_up(door)
    body = {"to": door.boris.member.id, "points": 1}

    refused = await door.as_olga("POST", door.path("transfers"), json=body, once="t-1")
    _, told = await door.as_olga("GET", door.path("balances"))

    assert refused[1]["code"] == "not_enough_points"
    assert {account["currency"]: account["balance"] for account in told["accounts"]} == {"points": 0, "RUB": 50_000}


async def test_an_amount_has_to_be_one(door: MembersDoor) -> None:
    for body in ({"amount_minor": 0}, {"amount_minor": -5}, {"amount_minor": 10**10}, {"amount_minor": "5"}):
        status, problem = await door.as_till("POST", door.path("prepaid"), json=body, once="k")
        assert (status, [error["pointer"] for error in problem["errors"]]) == (422, ["/amount_minor"])


async def test_a_till_pays_with_the_card_it_scanned_while_that_may_be_used(door: MembersDoor) -> None:
    await top_up(door)
    code = scan_code(door.anna.card.id, CODE_KEY)
    paths = [f"/v1/members/{named}/prepaid" for named in (code, code.lower())]

    seen = [await door.as_till("GET", path) for path in paths]
    paid = await door.as_till("POST", f"{paths[0]}/spend", json={"amount_minor": 20_000}, once="p-1")
    await door.store.reading.cards.set_state(door.anna.card.id, CardState.BLOCKED)
    refused = await door.as_till("POST", f"{paths[0]}/spend", json={"amount_minor": 20_000}, once="p-2")
    forged = await door.as_till("GET", f"/v1/members/{code[:-1]}{'0' if code[-1] != '0' else '1'}/prepaid")

    assert [told["balance_minor"] for _, told in seen] == [50_000, 50_000]
    assert (paid[0], paid[1]["balance_minor"]) == (201, 30_000)
    assert (refused[0], refused[1]["code"]) == (409, "card_not_active")
    assert (forged[0], forged[1]["code"]) == (422, "forged_code")
