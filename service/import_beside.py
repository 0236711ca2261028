"""Importing what takes seconds without keeping anybody waiting, neither at the start nor at the end."""

import asyncio
import contextlib
from importlib import import_module
from threading import Thread
from types import ModuleType


async def import_beside(name: str) -> ModuleType:
    """Import in a thread of its own. Unlike one of the loop's executor, it does not hold up a process that ends."""
    loop = asyncio.get_running_loop()
    imported: asyncio.Future[ModuleType] = loop.create_future()

    def give(module: ModuleType) -> None:
        if not imported.done():
            imported.set_result(module)

    def fail(error: BaseException) -> None:
        if not imported.done():
            imported.set_exception(error)

    def work() -> None:
        with contextlib.suppress(RuntimeError):  # the loop ended meanwhile
            try:
                module = import_module(name)
            except BaseException as error:  # noqa: BLE001 - whoever awaits it shall see it
                loop.call_soon_threadsafe(fail, error)
            else:
                loop.call_soon_threadsafe(give, module)

    Thread(target=work, name=f"import {name}", daemon=True).start()
    return await imported
