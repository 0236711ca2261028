"""All of Apple in this process: takes pushes, loses phones and asks for patience at stated rates; phones fetch."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from bench.day.virtual_time import VirtualTime
from wallet.apple.push_outcomes import PushOutcome, RetryLater, Sent, Unregistered

GONE_RATE = 0.01
TOO_MANY_RATE = 0.005
BROKEN_RATE = 0.002
PATIENCE_S = (1.0, 5.0)
FETCH_AFTER_S = (0.3, 2.5)


@dataclass(slots=True)
class DayOfApple:
    """A phone that is pushed fetches a moment later, if `wants_to_fetch` says that there is something for it."""

    time: VirtualTime
    dice: random.Random
    fetch: Callable[[str], Awaitable[None]]
    wants_to_fetch: Callable[[str], bool]
    gone: set[str] = field(default_factory=set)
    pushes: Counter[str] = field(default_factory=Counter)
    answers: Counter[int] = field(default_factory=Counter)
    pushed_while_gone: int = 0
    _fetching: set["asyncio.Task[None]"] = field(default_factory=set)

    async def push_many(self, tokens: Iterable[str], *, topic: str) -> dict[str, PushOutcome]:
        assert topic
        await self.time.sleep(0.05)
        return {token: self._push(token) for token in tokens}

    def _push(self, token: str) -> PushOutcome:
        chance = self.dice.random()
        self.pushed_while_gone += token in self.gone
        if token in self.gone or chance < GONE_RATE:
            self.gone.add(token)
            self.answers[410] += 1
            return Unregistered(self.time() - timedelta(milliseconds=1), "Unregistered")
        if chance < GONE_RATE + TOO_MANY_RATE:
            self.answers[429] += 1
            return RetryLater(self.dice.uniform(*PATIENCE_S), "TooManyRequests")
        if chance < GONE_RATE + TOO_MANY_RATE + BROKEN_RATE:
            self.answers[503] += 1
            return RetryLater(self.dice.uniform(*PATIENCE_S), "ServiceUnavailable")
        self.answers[200] += 1
        self.pushes[token] += 1
        if self.wants_to_fetch(token):
            task = asyncio.create_task(self._fetch(token))
            self._fetching.add(task)
            task.add_done_callback(self._fetching.discard)
        return Sent(apns_id=token[:8])

    async def _fetch(self, token: str) -> None:
        await self.time.sleep(self.dice.uniform(*FETCH_AFTER_S))
        await self.fetch(token)
