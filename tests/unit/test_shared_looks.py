"""Shared looks: one reading for all who ask at once, and never one that began before somebody asked."""

import asyncio
from collections import Counter
from collections.abc import Collection

import pytest

from offers.flows.shared_looks import LOOKED_UP_AT_ONCE, looked_up, shared


class Sea:
    """Something to look at that changes, and that takes its time to be seen."""

    def __init__(self) -> None:
        self.level = 0
        self.readings = 0

    async def look(self) -> int:
        self.readings += 1
        seen = self.level
        await asyncio.sleep(0)
        return seen


async def test_a_crowd_is_answered_by_two_readings() -> None:
    sea = Sea()

    seen = await asyncio.gather(*(shared(sea.look, "crowd") for _ in range(100)))

    assert Counter(seen) == {0: 100}
    assert sea.readings == 2, "the one under way when the others asked, and one for all of them"


async def test_nobody_gets_a_sight_from_before_they_asked() -> None:
    sea = Sea()

    async def ask_after_a_change(number: int) -> bool:
        for _ in range(number % 7):
            await asyncio.sleep(0)
        sea.level += 1
        least = sea.level
        return await shared(sea.look, "change") >= least

    assert all(await asyncio.gather(*(ask_after_a_change(number) for number in range(200))))


async def test_what_failed_for_one_is_looked_at_again_for_the_next() -> None:
    tries = 0

    async def fail_first() -> str:
        nonlocal tries
        tries += 1
        await asyncio.sleep(0)
        if tries == 1:
            raise ConnectionError
        return "seen"

    first, second = await asyncio.gather(
        shared(fail_first, "storm"), shared(fail_first, "storm"), return_exceptions=True
    )

    assert isinstance(first, ConnectionError)
    assert second == "seen"


async def test_whoever_gives_up_waiting_takes_nothing_from_the_others() -> None:
    sea = Sea()
    waiting = [asyncio.create_task(shared(sea.look, "patience")) for _ in range(3)]
    await asyncio.sleep(0)

    waiting[0].cancel()

    with pytest.raises(asyncio.CancelledError):
        await waiting[0]
    assert await asyncio.gather(*waiting[1:]) == [0, 0]


async def test_different_things_are_looked_at_apart() -> None:
    near, far = Sea(), Sea()
    far.level = 7

    assert await asyncio.gather(shared(near.look, "near"), shared(far.look, "far")) == [0, 7]


async def test_many_keys_are_looked_up_in_two_readings_and_each_gets_its_own() -> None:
    asked: list[int] = []

    async def lengths(keys: Collection[str]) -> dict[str, int]:
        asked.append(len(keys))
        await asyncio.sleep(0)
        return {key: len(key) for key in keys if key}

    found = await asyncio.gather(*(looked_up("x" * number, lengths, "lengths") for number in range(100)))

    assert found == [None, *range(1, 100)]
    assert asked == [1, 99]


async def test_no_reading_asks_for_more_than_its_limit() -> None:
    asked: list[int] = []

    async def echo(keys: Collection[str]) -> dict[str, str]:
        asked.append(len(keys))
        await asyncio.sleep(0)
        return {key: key for key in keys}

    keys = [str(number) for number in range(1_200)]

    assert await asyncio.gather(*(looked_up(key, echo, "limit") for key in keys)) == keys
    assert max(asked) == LOOKED_UP_AT_ONCE


async def test_a_reading_that_fails_fails_for_the_one_who_read() -> None:
    tries = 0

    async def fail_first(keys: Collection[str]) -> dict[str, str]:
        nonlocal tries
        tries += 1
        await asyncio.sleep(0)
        if tries == 2:
            raise ConnectionError
        return {key: key for key in keys}

    keys = [str(number) for number in range(10)]
    found = await asyncio.gather(*(looked_up(key, fail_first, "failing") for key in keys), return_exceptions=True)

    assert [type(each) for each in found].count(ConnectionError) == 1
    assert [each for each in found if isinstance(each, str)] == [key for key in keys if key != "1"]
