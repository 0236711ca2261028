"""A cancellation is never lost, not even when the awaited thing ends in the same turn of the loop."""

import asyncio
import gc
import socket
from collections.abc import Callable
from typing import Any

import pytest
from pymongo import pool_shared
from pymongo.pool_options import PoolOptions

from service.cancellation import keep_cancellations, wait_for


async def cancelled_as_its_future_ends(waiting: Callable[..., Any]) -> "asyncio.Task[str]":
    answered = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(waiting(answered, 10))
    await asyncio.sleep(0)
    answered.set_result("answer")
    task.cancel()
    await asyncio.wait([task])
    return task


async def test_a_cancellation_wins_over_an_answer_that_comes_with_it() -> None:
    assert (await cancelled_as_its_future_ends(wait_for)).cancelled()


async def test_the_process_has_the_mended_way() -> None:
    keep_cancellations()
    keep_cancellations()

    assert (await cancelled_as_its_future_ends(asyncio.wait_for)).cancelled()


async def test_an_answer_in_time_is_given() -> None:
    assert await wait_for(asyncio.sleep(0, "answer"), 10) == "answer"
    assert await wait_for(asyncio.sleep(0, "answer"), None) == "answer"


@pytest.mark.parametrize("timeout_s", [0.01, 0, -1])
async def test_what_comes_too_late_is_cancelled(timeout_s: float) -> None:
    late = asyncio.ensure_future(asyncio.sleep(60))

    with pytest.raises(TimeoutError):
        await wait_for(late, timeout_s)

    await asyncio.wait([late])
    assert late.cancelled()


async def test_an_answer_that_is_there_already_is_given_even_without_time() -> None:
    answered = asyncio.get_running_loop().create_future()
    answered.set_result("answer")

    assert await wait_for(answered, 0) == "answer"


async def test_a_failure_is_passed_on() -> None:
    failed = asyncio.get_running_loop().create_future()
    failed.set_exception(LookupError("gone"))

    with pytest.raises(LookupError):
        await wait_for(failed, 10)


async def test_a_connection_that_is_given_up_leaves_no_socket_open(monkeypatch: pytest.MonkeyPatch) -> None:
    keep_cancellations()
    opened: list[socket.socket] = []
    monkeypatch.setattr(pool_shared, "_set_keepalive_times", opened.append)
    with socket.socket() as busy, socket.socket() as first:
        busy.bind(("127.0.0.1", 0))
        busy.listen(0)
        first.connect(busy.getsockname())
        connecting = asyncio.create_task(pool_shared._async_create_connection(busy.getsockname(), PoolOptions()))
        while not opened:
            await asyncio.sleep(0)
        await asyncio.sleep(0)
        connecting.cancel()
        await asyncio.wait([connecting])

    assert connecting.cancelled()
    assert [each.fileno() for each in opened] == [-1]
    gc.collect()
