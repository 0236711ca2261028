"""Turns within one process: first come first served, and nobody waits for ever, nor two for one another."""

import asyncio

import pytest

from offers.flows import turns
from offers.flows.turns import turn, turn_at_members
from offers.model.errors import Busy
from offers.model.ids import MemberId

ANNA, BORIS, VERA = MemberId("anna"), MemberId("boris"), MemberId("vera")


async def test_members_are_taken_one_after_another_in_whatever_order_they_are_named() -> None:
    inside, came = 0, list[int]()

    async def take(number: int) -> None:
        nonlocal inside
        async with turn_at_members(*((ANNA, BORIS) if number % 2 else (BORIS, ANNA))):
            inside += 1
            assert inside == 1
            await asyncio.sleep(0)
            came.append(number)
            inside -= 1

    async with asyncio.TaskGroup() as group:
        for number in range(20):
            group.create_task(take(number))

    assert came == list(range(20))


async def test_who_wants_something_else_does_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "LONGEST_WAIT_S", 0.1)

    async with turn_at_members(ANNA), turn_at_members(BORIS, BORIS), turn("anything", at_once=1):
        reached = True

    assert reached


async def test_patience_ends_and_lets_go_of_what_was_already_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "LONGEST_WAIT_S", 0.1)

    async with turn_at_members(VERA):
        with pytest.raises(Busy):
            async with turn_at_members(ANNA, VERA):
                raise AssertionError
        async with turn_at_members(ANNA):
            free_again = True

    assert free_again
