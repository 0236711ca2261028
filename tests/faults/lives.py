"""Lives of `tessera` that a test kills: processes of their own, forked from one that has loaded it."""

import asyncio
import json
import os
import secrets
import signal
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from aiohttp import ClientError, ClientSession

from tests.commands import environment

PROJECT = Path(__file__).resolve().parents[2]
START_S = 120.0
END_S = 90.0
LOOK_EVERY_S = 0.02


@dataclass(slots=True, kw_only=True)
class Life:
    """One process, at an address of its own; `ended` is the file that gets its exit code, unless it is killed."""

    pid: int
    url: str
    ended: Path

    @property
    def is_over(self) -> bool:
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return True
        return False

    async def until_ready(self, session: ClientSession) -> None:
        async with asyncio.timeout(START_S):
            while not await self._is_ready(session):
                assert not self.is_over, "tessera ended before it answered"
                await asyncio.sleep(LOOK_EVERY_S)

    async def die(self) -> None:
        """Kill it without a word of warning, and wait until it is no more."""
        await self._end(signal.SIGKILL)
        assert not self.ended.exists(), "tessera ended by itself"

    async def end(self) -> int:
        """End it as an operator does, and give its exit code."""
        await self._end(signal.SIGTERM)
        return int(self.ended.read_text())

    async def _end(self, number: signal.Signals) -> None:
        assert not self.is_over, "tessera ended by itself"
        os.kill(self.pid, number)
        async with asyncio.timeout(END_S):
            while not self.is_over:
                await asyncio.sleep(0.001)

    async def _is_ready(self, session: ClientSession) -> bool:
        try:
            async with session.get(f"{self.url}/readyz") as response:
                return response.status == 200
        except ClientError:
            return False


@dataclass(slots=True, kw_only=True)
class Nursery:
    """Begins lives in the folder. None of them outlives its `async with`."""

    folder: Path
    settings: dict[str, str]
    _process: asyncio.subprocess.Process | None = None
    _lives: list[Life] = field(default_factory=list)

    async def __aenter__(self) -> Self:
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.faults.nursery"),
            env={**environment(self.settings, language="en_GB"), "PYTHONPATH": str(PROJECT)},
            cwd=self.folder,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for life in self._lives:
            with suppress(ProcessLookupError):
                os.kill(life.pid, signal.SIGKILL)
        if self._process is not None:
            self._process.kill()
            await self._process.wait()

    async def begin(self, command: str, url: str, settings: dict[str, str] | None = None) -> Life:
        """Begin a life that is going to answer at the URL; it is not ready yet."""
        assert self._process is not None
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._lives = [life for life in self._lives if not life.is_over]
        ended = self.folder / f"ended-{secrets.token_hex(4)}"
        order = {"command": command, "environment": settings or {}, "ended": str(ended)}
        self._process.stdin.write(f"{json.dumps(order)}\n".encode())
        await self._process.stdin.drain()
        async with asyncio.timeout(START_S):
            life = Life(pid=int(await self._process.stdout.readline()), url=url, ended=ended)
        self._lives.append(life)
        return life
