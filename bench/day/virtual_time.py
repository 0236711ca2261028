"""Time that passes when there is nothing left to do: sleepers wake in order, and no second of it is waited for."""

import asyncio
import heapq
import itertools
from collections.abc import Coroutine
from datetime import datetime, timedelta
from typing import Any

from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent

QUIET_TURNS = 12
"""Turns of the loop without a question to the database, after which everybody is taken to be asleep."""


class OpenQuestions(CommandListener):
    """Counts what the database was asked and has not answered yet."""

    def __init__(self) -> None:
        self.count = 0

    def started(self, _: CommandStartedEvent) -> None:
        self.count += 1

    def succeeded(self, _: CommandSucceededEvent) -> None:
        self.count -= 1

    def failed(self, _: CommandFailedEvent) -> None:
        self.count -= 1


class VirtualTime:
    """Call it for the time. `sleep` is what the code under test waits with; `run` lets time pass during a story."""

    def __init__(self, at: datetime, questions: OpenQuestions) -> None:
        self._start = at
        self._passed_s = 0.0
        self._questions = questions
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = itertools.count()

    def __call__(self) -> datetime:
        """Tell the time in whole milliseconds, as the service does."""
        return self._start + timedelta(milliseconds=int(self._passed_s * 1000))

    def seconds(self) -> float:
        return self._passed_s

    async def sleep(self, seconds: float) -> None:
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._passed_s + max(0.0, seconds), next(self._order), woken))
        await woken

    async def run(self, story: Coroutine[Any, Any, None]) -> None:
        """Run a story to its end, moving time on whenever all others sleep or wait for something that sleeps."""
        telling = asyncio.create_task(story)
        try:
            while not telling.done():
                await self._settle()
                if telling.done():
                    break
                self._wake_next()
        finally:
            telling.cancel()
        await telling

    async def _settle(self) -> None:
        quiet = 0
        while quiet < QUIET_TURNS:
            await asyncio.sleep(0 if not self._questions.count else 0.0002)
            quiet = 0 if self._questions.count else quiet + 1

    def _wake_next(self) -> None:
        while self._sleepers:
            at, _, woken = heapq.heappop(self._sleepers)
            if not woken.done():
                self._passed_s = max(self._passed_s, at)
                woken.set_result(None)
                return
