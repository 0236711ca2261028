"""Keeps cancellations from getting lost, and from leaving a socket open.

They get lost on Python 3.11, whose `asyncio.wait_for` is the one of old.

When the awaited thing ends in the same turn of the loop in which the task is cancelled, that `wait_for` gives the
result and forgets the cancellation (CPython issue 86296). PyMongo sends every command through it, so now and then
Ctrl-C, or a role that failed, would leave a loop running for ever. Python 3.12 built it anew on `asyncio.timeout`.

A socket stays open when PyMongo is cancelled while it connects: nobody holds it by then but the garbage collector.
"""

import asyncio
import sys
import traceback
from collections.abc import Awaitable
from socket import socket
from typing import Any, TypeVar

import pymongo.lock
from pymongo import pool_shared

Answer = TypeVar("Answer")
HAS_IT_RIGHT = (3, 12)
_connect = pool_shared._async_create_connection  # noqa: SLF001 - the one place that has the socket


def keep_cancellations() -> None:
    """Put the newer way in place for this process, where it is not there already. Safe to call again."""
    if sys.version_info < HAS_IT_RIGHT:
        asyncio.wait_for = wait_for  # type: ignore[assignment]  # the same call, without the loss
        pymongo.lock.wait_for = wait_for  # type: ignore[assignment, attr-defined]  # it took its own reference when imported
    pool_shared._async_create_connection = connect  # type: ignore[assignment]  # noqa: SLF001 - as above


async def connect(*told: Any) -> socket:
    """Connect as PyMongo does; when cancelled, close the socket that it was connecting."""
    try:
        return await _connect(*told)
    except asyncio.CancelledError as error:
        for frame, _ in traceback.walk_tb(error.__traceback__):
            if frame.f_code is _connect.__code__ and isinstance(half_open := frame.f_locals.get("sock"), socket):
                half_open.close()
        raise


async def wait_for(awaitable: Awaitable[Answer], timeout: float | None) -> Answer:  # noqa: ASYNC109 - the name it has
    """Await with a time limit as Python 3.12 does: a cancellation always reaches the caller."""
    if timeout is not None and timeout <= 0:
        future = asyncio.ensure_future(awaitable)
        if not future.done():
            future.cancel()
            await asyncio.wait([future])
        try:
            return future.result()
        except asyncio.CancelledError as error:
            raise TimeoutError from error
    async with asyncio.timeout(timeout):
        return await awaitable
