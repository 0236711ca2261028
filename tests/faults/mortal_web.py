"""A real `tessera web` that is killed now and then: while one serves and dies, the next one is already starting."""

import asyncio
import os
import signal
import socket
import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from aiohttp import ClientError, ClientSession

PROJECT = Path(__file__).resolve().parents[2]
START_S = 60.0
LOOK_EVERY_S = 0.05


@dataclass(slots=True, kw_only=True)
class Life:
    """One process, at an address of its own."""

    process: asyncio.subprocess.Process
    url: str


@dataclass(slots=True, kw_only=True)
class MortalWeb:
    """Whoever asks `url` meets the process that lives now. Nothing outlives its `async with`."""

    folder: Path
    settings: dict[str, str]
    session: ClientSession
    deaths: int = 0
    _now: Life | None = None
    _next: asyncio.Task[Life] | None = None
    _lives: list[Life] = field(default_factory=list)

    async def __aenter__(self) -> Self:
        self._now = await self._start()
        self._next = asyncio.create_task(self._start())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._next is not None:
            self._next.cancel()
            await asyncio.wait([self._next])
        for life in self._lives:
            if life.process.returncode is None:
                life.process.kill()
            await life.process.wait()

    @property
    def url(self) -> str:
        assert self._now is not None
        return self._now.url

    async def die(self) -> None:
        """Kill it without a word of warning, and let the next one serve."""
        assert self._now is not None
        assert self._next is not None
        self._now.process.kill()
        assert await self._now.process.wait() == -signal.SIGKILL
        self.deaths += 1
        self._now = await self._next
        self._next = asyncio.create_task(self._start())

    async def _start(self) -> Life:
        port = _free_port()
        url = f"http://127.0.0.1:{port}"
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "service.cli", "web"),
            env={
                **os.environ,
                **self.settings,
                "PYTHONPATH": str(PROJECT),
                "TESSERA_WEB__PORT": str(port),
                "TESSERA_WEB__PUBLIC_URL": url,
            },
            cwd=self.folder,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        life = Life(process=process, url=url)
        self._lives.append(life)
        async with asyncio.timeout(START_S):
            while not await self._is_ready(life):
                assert process.returncode is None, f"tessera web ended with {process.returncode}"
                await asyncio.sleep(LOOK_EVERY_S)
        return life

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
