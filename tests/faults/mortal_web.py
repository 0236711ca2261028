"""A real `tessera web` that is killed now and then: while one serves and dies, the next one is already starting."""

import asyncio
import socket
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from aiohttp import ClientSession

from tests.faults.lives import Life, Nursery


@dataclass(slots=True, kw_only=True)
class MortalWeb:
    """Whoever asks `url` meets the process that lives now. Nothing outlives its `async with`."""

    folder: Path
    settings: dict[str, str]
    session: ClientSession
    deaths: int = 0
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    _nursery: Nursery | None = None
    _now: Life | None = None
    _next: asyncio.Task[Life] | None = None

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            self._nursery = await stack.enter_async_context(Nursery(folder=self.folder, settings=self.settings))
            self._now = await self._start()
            self._next = asyncio.create_task(self._start())
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._next is not None:
            self._next.cancel()
            await asyncio.wait([self._next])
        await self._stack.aclose()

    @property
    def url(self) -> str:
        assert self._now is not None
        return self._now.url

    async def die(self) -> None:
        """Kill the one that serves, and let the next one serve."""
        assert self._now is not None
        assert self._next is not None
        await self._now.die()
        self.deaths += 1
        self._now = await self._next
        self._next = asyncio.create_task(self._start())

    async def _start(self) -> Life:
        assert self._nursery is not None
        port = _free_port()
        url = f"http://127.0.0.1:{port}"
        life = await self._nursery.begin("web", url, {"TESSERA_WEB__PORT": str(port), "TESSERA_WEB__PUBLIC_URL": url})
        await life.until_ready(self.session)
        return life


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
