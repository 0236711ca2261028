"""Live news from a stand-in to whoever watches it: a page, a test, the phone."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Final, Generic, TypeVar

T = TypeVar("T")

WAITING_LIMIT: Final = 1000


class Changes(Generic[T]):
    """Every watcher sees every change told after it began to watch, in order.

    A watcher that falls behind by more than 1000 changes loses the oldest ones: a forgotten page must
    not eat the memory of a demo.
    """

    def __init__(self) -> None:
        self._queues: set[asyncio.Queue[T | None]] = set()
        self._closed = False

    def tell(self, change: T) -> None:
        for queue in self._queues:
            _push(queue, change)

    def close(self) -> None:
        """End every watcher's loop, now and for those that come later."""
        self._closed = True
        for queue in self._queues:
            _push(queue, None)

    @contextmanager
    def watching(self) -> Iterator[AsyncIterator[T]]:
        """Begin to watch at once, so that nothing between this line and the loop is missed."""
        queue: asyncio.Queue[T | None] = asyncio.Queue(WAITING_LIMIT)
        if self._closed:
            queue.put_nowait(None)
        self._queues.add(queue)
        try:
            yield _drain(queue)
        finally:
            self._queues.discard(queue)

    async def watch(self) -> AsyncIterator[T]:
        """Begin to watch at the first step of the loop."""
        with self.watching() as changes:
            async for change in changes:
                yield change


def _push(queue: asyncio.Queue[T | None], change: T | None) -> None:
    if queue.full():
        queue.get_nowait()
    queue.put_nowait(change)


async def _drain(queue: asyncio.Queue[T | None]) -> AsyncIterator[T]:
    while (change := await queue.get()) is not None:
        yield change
