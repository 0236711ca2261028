"""The worker: every lane of the outbox beside the others, woken by the database's change stream."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import structlog
from pymongo.errors import PyMongoError

from offers.flows.react_to_event import ReactToEvent
from offers.model.clock import Clock
from offers.model.errors import Busy
from offers.model.message import Channel, Delivered, Lane, OutboxItem, Outcome, RetryLater
from offers.store.store import Store
from service.lane import LaneRunner

RUNNERS: Mapping[Lane, int] = {Lane.EVENTS: 2, Lane.APPLE: 2, Lane.GOOGLE: 2}
"""How many batches of a lane are under way at once; lanes not named have one, which keeps their order."""
BATCHES: Mapping[Lane, int] = {Lane.GOOGLE: 40}
"""How many items a batch takes at most; of Google's two seconds' worth: what is urgent waits behind no more."""
USUAL_BATCH = 500
LISTEN_AGAIN_S = 1.0

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class EventLane:
    """The first lane: facts become card versions and requests to the other channels."""

    react: ReactToEvent
    lane: Lane = Lane.EVENTS

    async def deliver(self, items: Sequence[OutboxItem]) -> Sequence[Outcome]:
        return [await self._deliver(item) for item in items]

    async def _deliver(self, item: OutboxItem) -> Outcome:
        try:
            reacted = await self.react(item)
        except Busy as busy:
            return RetryLater(reason=busy.code, after_s=busy.retry_after_s)
        return Delivered(note="" if reacted else "another worker had it")


class Worker:
    """All lanes of one process. Run any number of workers, on any number of machines."""

    def __init__(self, store: Store, channels: Sequence[Channel], clock: Clock) -> None:
        self._store = store
        self._runners = [
            LaneRunner(store, channel, clock, batch=BATCHES.get(channel.lane, USUAL_BATCH))
            for channel in channels
            for _ in range(RUNNERS.get(channel.lane, 1))
        ]

    async def run(self) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._listen())
            for runner in self._runners:
                tasks.create_task(runner.run())

    async def _listen(self) -> None:
        """Wake the lane of every item as it is committed. While the stream is broken the lanes poll each second."""
        while True:
            try:
                async for lane in self._store.reading.outbox.arrivals():
                    self._wake(lane)
            except PyMongoError as error:
                _log.warning("change stream broke; polling", error=str(error))
                await asyncio.sleep(LISTEN_AGAIN_S)

    def _wake(self, lane: Lane) -> None:
        """Wake one runner that has nothing to do: two would race for the same item, and one of them for nothing.

        Where all are under way, each of them looks again when it is done.
        """
        runners = [runner for runner in self._runners if runner.channel.lane is lane]
        idle = next((runner for runner in runners if runner.is_idle and not runner.wake.is_set()), None)
        for runner in [idle] if idle else runners:
            runner.wake.set()
