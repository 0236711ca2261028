"""One step ahead: the next item is made in a thread while the present one is on its way to the database."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, TypeVar

Item = TypeVar("Item")
_END: Final = object()


async def ahead(items: Iterator[Item]) -> AsyncGenerator[Item, None]:
    """Give the items in order. The thread ends with the generator, so close it (`contextlib.aclosing`)."""
    with ThreadPoolExecutor(1, thread_name_prefix="import") as thread:
        following = thread.submit(next, items, _END)
        while True:
            item: Any = await asyncio.wrap_future(following)
            if item is _END:
                return
            following = thread.submit(next, items, _END)
            yield item
