"""Turns: whoever wants the same things in one process gets them one after another, first come first served."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from weakref import WeakValueDictionary

from offers.model.errors import Busy


class Turns:
    """Waiting costs nothing, a transaction that loses costs a whole one; between processes the database decides."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def __len__(self) -> int:
        """Give how many names are held or awaited."""
        return len(self._locks)

    @asynccontextmanager
    async def of(self, names: Iterable[str], *, patience_s: float) -> AsyncIterator[None]:
        """Be the only one with these names, taken in a fixed order so that no two wait for each other.

        Raises Busy when the turn does not come in time.
        """
        async with AsyncExitStack() as stack:
            try:
                async with asyncio.timeout(patience_s):
                    for name in sorted(set(names)):
                        await stack.enter_async_context(self._lock(name))
            except TimeoutError as error:
                raise Busy(retry_after_s=1) from error
            yield

    def _lock(self, name: str) -> asyncio.Lock:
        """Give the lock of a name; it is forgotten when nobody holds or awaits it."""
        lock = self._locks.get(name)
        if lock is None:
            lock = self._locks[name] = asyncio.Lock()
        return lock
