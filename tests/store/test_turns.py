"""Turns within one process: one at a time, first come first served, and nobody waits for ever."""

import asyncio

import pytest

from offers.model.errors import Busy
from offers.store.turns import Turns

LONG_S = 5.0


async def test_who_wants_the_same_gets_it_one_after_another_in_the_order_they_came() -> None:
    turns, inside, came = Turns(), 0, list[int]()

    async def take(number: int) -> None:
        nonlocal inside
        names = ("anna", "boris") if number % 2 else ("boris", "anna")
        async with turns.of(names, patience_s=LONG_S):
            inside += 1
            assert inside == 1
            await asyncio.sleep(0)
            came.append(number)
            inside -= 1

    async with asyncio.TaskGroup() as group:
        for number in range(20):
            group.create_task(take(number))

    assert came == list(range(20))


async def test_who_wants_something_else_does_not_wait() -> None:
    turns = Turns()

    async with turns.of(["anna"], patience_s=LONG_S), turns.of(["boris"], patience_s=0.05), turns.of([], patience_s=0):
        reached = True

    assert reached


async def test_patience_ends_and_lets_go_of_what_was_already_taken() -> None:
    turns = Turns()

    async with turns.of(["boris"], patience_s=LONG_S):
        with pytest.raises(Busy):
            async with turns.of(["anna", "boris"], patience_s=0.01):
                raise AssertionError
        async with turns.of(["anna"], patience_s=0.05):
            free_again = True

    assert free_again


async def test_a_name_nobody_wants_any_more_is_forgotten() -> None:
    turns = Turns()

    for number in range(100):
        async with turns.of([f"member {number}"], patience_s=LONG_S):
            pass

    assert len(turns) == 0
