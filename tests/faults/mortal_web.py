"""A real `tessera web` that is killed now and then: while one serves and dies, the next one is already starting."""

import asyncio
import json
import os
import signal
import socket
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from aiohttp import ClientError, ClientSession

PROJECT = Path(__file__).resolve().parents[2]
START_S = 120.0
END_S = 20.0
LOOK_EVERY_S = 0.02


@dataclass(slots=True, kw_only=True)
class Life:
    """One process, at an address of its own."""

    pid: int
    url: str

    @property
    def is_over(self) -> bool:
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return True
        return False

    async def end(self) -> None:
        """Kill it without a word of warning, and wait until it is no more."""
        os.kill(self.pid, signal.SIGKILL)
        async with asyncio.timeout(END_S):
            while not self.is_over:
                await asyncio.sleep(0)


@dataclass(slots=True, kw_only=True)
class MortalWeb:
    """Whoever asks `url` meets the process that lives now. Nothing outlives its `async with`."""

    folder: Path
    settings: dict[str, str]
    session: ClientSession
    deaths: int = 0
    _nursery: asyncio.subprocess.Process | None = None
    _now: Life | None = None
    _next: asyncio.Task[Life] | None = None
    _alive: list[Life] = field(default_factory=list)

    async def __aenter__(self) -> Self:
        self._nursery = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.faults.nursery"),
            env={**os.environ, **self.settings, "PYTHONPATH": str(PROJECT)},
            cwd=self.folder,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        self._now = await self._start()
        self._next = asyncio.create_task(self._start())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._next is not None:
            self._next.cancel()
            await asyncio.wait([self._next])
        for life in self._alive:
            with suppress(ProcessLookupError):
                await life.end()
        if self._nursery is not None:
            self._nursery.kill()
            await self._nursery.wait()

    @property
    def url(self) -> str:
        assert self._now is not None
        return self._now.url

    async def die(self) -> None:
        """Kill the one that serves, and let the next one serve."""
        assert self._now is not None
        assert self._next is not None
        assert not self._now.is_over, "tessera web ended by itself"
        await self._now.end()
        self._alive.remove(self._now)
        self.deaths += 1
        self._now = await self._next
        self._next = asyncio.create_task(self._start())

    async def _start(self) -> Life:
        port = _free_port()
        url = f"http://127.0.0.1:{port}"
        life = Life(pid=await self._fork({"TESSERA_WEB__PORT": str(port), "TESSERA_WEB__PUBLIC_URL": url}), url=url)
        self._alive.append(life)
        async with asyncio.timeout(START_S):
            while not await self._is_ready(life):
                assert not life.is_over, "tessera web ended before it answered"
                await asyncio.sleep(LOOK_EVERY_S)
        return life

    async def _fork(self, environment: dict[str, str]) -> int:
        assert self._nursery is not None
        assert self._nursery.stdin is not None
        assert self._nursery.stdout is not None
        self._nursery.stdin.write(f"{json.dumps(environment)}\n".encode())
        await self._nursery.stdin.drain()
        async with asyncio.timeout(START_S):
            return int(await self._nursery.stdout.readline())

    async def _is_ready(self, life: Life) -> bool:
        try:
            async with self.session.get(f"{life.url}/readyz") as response:
                return response.status == 200
        except ClientError:
            return False


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
