"""One lane of the outbox: claim a batch, let the channel deliver it, write what became of it, again."""

import asyncio
import random
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from pymongo.errors import PyMongoError

from offers.model.clock import Clock
from offers.model.message import Channel, Dropped, OutboxItem, Outcome, RetryLater
from offers.store.store import Store

LEASE_S = 15.0
POLL_S = 1.0
GIVE_UP_AFTER = timedelta(hours=24)
BACKOFF_FIRST_S = 1.0
BACKOFF_MOST_S = 600.0
DATABASE_PAUSE_S = 2.0

_log = structlog.get_logger()


@dataclass(slots=True)
class LaneRunner:
    """Runs one channel. `wake` is set when something was put on its lane; without it the lane is looked at each second.

    A runner that dies holds its batch for the lease, then the items fall due again.
    """

    store: Store
    channel: Channel
    clock: Clock
    batch: int = 500
    lease_s: float = LEASE_S
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    is_idle: bool = False
    _paused_until: datetime | None = None

    async def run(self) -> None:
        """Work until cancelled; a lost database is waited for."""
        while True:
            try:
                worked = await self.step()
            except PyMongoError as error:
                _log.warning("lane cannot reach the database", lane=self.channel.lane, error=str(error))
                worked = 0
                await asyncio.sleep(DATABASE_PAUSE_S)
            if not worked:
                await self._wait()

    async def step(self) -> int:
        """Claim and deliver one batch; give how many items it had."""
        self.wake.clear()
        at = self.clock()
        if self._paused_until is not None and at < self._paused_until:
            return 0
        claim = secrets.token_hex(12)
        items = await self.store.reading.outbox.claim(
            self.channel.lane, claim=claim, at=at, lease_s=self.lease_s, limit=self.batch
        )
        if items:
            async with self._holding(claim):
                outcomes = await self._deliver(items)
            await self._report(items, outcomes)
        return len(items)

    async def _deliver(self, items: Sequence[OutboxItem]) -> Sequence[Outcome]:
        try:
            return await self.channel.deliver(items)
        except Exception:  # noqa: BLE001 - a bug in one channel must neither stop the others nor lose the batch
            _log.exception("channel failed", lane=self.channel.lane, items=len(items))
            return [RetryLater(reason="the channel failed; see the log") for _ in items]

    async def _report(self, items: Sequence[OutboxItem], outcomes: Sequence[Outcome]) -> None:
        at = self.clock()
        ended = [(item, self._judged(item, outcome, at)) for item, outcome in zip(items, outcomes, strict=True)]
        retry_at = [at + timedelta(seconds=_pause_s(item, outcome)) for item, outcome in ended]
        for (item, outcome), due_at in zip(ended, retry_at, strict=True):
            if isinstance(outcome, RetryLater):
                _log.info("will try again", lane=item.lane, key=item.key, reason=outcome.reason)
                if outcome.whole_lane:
                    self._paused_until = max(self._paused_until or due_at, due_at)
            elif isinstance(outcome, Dropped):
                _log.warning("dropped", lane=item.lane, key=item.key, reason=outcome.reason)
        await self.store.reading.outbox.report(ended, at=at, retry_at=retry_at)

    def _judged(self, item: OutboxItem, outcome: Outcome, at: datetime) -> Outcome:
        if isinstance(outcome, RetryLater) and at - item.created_at > GIVE_UP_AFTER:
            return Dropped(reason=f"gave up after 24 h: {outcome.reason}")
        return outcome

    @asynccontextmanager
    async def _holding(self, claim: str) -> AsyncIterator[None]:
        """Keep the lease alive while a slow batch is under way."""
        async with asyncio.TaskGroup() as tasks:
            heartbeat = tasks.create_task(self._beat(claim))
            yield
            heartbeat.cancel()

    async def _beat(self, claim: str) -> None:
        while True:
            await self.sleep(self.lease_s / 3)
            until = self.clock() + timedelta(seconds=self.lease_s)
            try:
                await self.store.reading.outbox.extend(claim, until=until)
            except PyMongoError as error:
                _log.warning("heartbeat failed", lane=self.channel.lane, error=str(error))

    async def _wait(self) -> None:
        self.is_idle = True
        try:
            async with asyncio.timeout(POLL_S):
                await self.wake.wait()
        except TimeoutError:
            return
        finally:
            self.is_idle = False


def _pause_s(item: OutboxItem, outcome: Outcome) -> float:
    """Give the provider's own pause, else one that doubles with each attempt, with jitter; its rest to what is done."""
    if not isinstance(outcome, RetryLater):
        return item.rest_s
    if outcome.after_s is not None:
        return outcome.after_s
    doubled = BACKOFF_FIRST_S * float(1 << min(item.attempts - 1, 20))
    return min(doubled, BACKOFF_MOST_S) * random.uniform(0.75, 1.25)  # noqa: S311 - jitter decides nothing
