"""The worker under faults: a channel that is down, a worker that dies, two workers on one lane."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from offers.model.ids import MemberId, ProgrammeId
from offers.model.message import Channel, Delivered, Dropped, Lane, OutboxItem, Outcome, RetryLater
from offers.store.store import Store
from service.lane import LaneRunner
from service.now import now
from service.worker import Worker
from tests.clock import SettableClock


@dataclass(slots=True)
class Recorder:
    """A channel that answers as told and remembers what it was given."""

    lane: Lane
    answer: Outcome | Exception = field(default_factory=Delivered)
    seen: list[OutboxItem] = field(default_factory=list)

    async def deliver(self, items: Sequence[OutboxItem]) -> Sequence[Outcome]:
        self.seen += items
        if isinstance(self.answer, Exception):
            raise self.answer
        return [self.answer for _ in items]


def item(lane: Lane, key: str, clock: SettableClock) -> OutboxItem:
    return OutboxItem(
        key=key,
        lane=lane,
        kind="card_changed",
        programme_id=ProgrammeId("p1"),
        member_id=MemberId("m1"),
        payload={"serial": "s"},
        created_at=clock(),
        due_at=clock(),
    )


@asynccontextmanager
async def working(store: Store, *channels: Channel) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(Worker(store, channels, now).run())
        yield
        running.cancel()


async def until_empty(store: Store, lane: Lane) -> None:
    async with asyncio.timeout(40):
        while await store.reading.outbox.waiting(lane):
            await asyncio.sleep(0.01)


async def test_a_channel_that_is_down_delays_only_itself(store: Store, clock: SettableClock) -> None:
    clock.set_to(now())
    down = Recorder(Lane.GOOGLE, RuntimeError("down"))
    up = Recorder(Lane.APPLE)
    async with working(store, down, up):
        for number in range(20):
            await store.reading.outbox.put(
                [item(Lane.GOOGLE, f"g{number}", clock), item(Lane.APPLE, f"a{number}", clock)]
            )

        await until_empty(store, Lane.APPLE)

        assert len(up.seen) == 20
        assert await store.reading.outbox.waiting(Lane.GOOGLE) == 20


async def test_whoever_begins_to_listen_looks_at_every_lane_once(store: Store, clock: SettableClock) -> None:
    """What was committed before that wakes nobody else."""
    arrivals = store.reading.outbox.arrivals()

    first = [await anext(arrivals) for _ in Lane]
    await store.reading.outbox.put([item(Lane.SMS, "s", clock)])

    assert (first, await anext(arrivals)) == (list(Lane), Lane.SMS)
    await arrivals.aclose()


async def test_an_item_is_delivered_within_moments_of_its_commit(store: Store, clock: SettableClock) -> None:
    clock.set_to(now())
    channel = Recorder(Lane.APPLE)
    async with working(store, channel):
        await asyncio.sleep(0.3)  # the change stream opens

        await store.reading.outbox.put([item(Lane.APPLE, "a", clock)])
        await until_empty(store, Lane.APPLE)

    delivery = await store.database["deliveries"].find_one({"_id": "a"})
    assert delivery is not None
    assert (delivery["state"], delivery["attempts"]) == ("delivered", 1)


async def test_what_a_dead_worker_held_falls_due_again_and_its_late_report_is_refused(
    store: Store, clock: SettableClock
) -> None:
    outbox = store.reading.outbox
    await outbox.put([item(Lane.APPLE, "a", clock)])
    (held,) = await outbox.claim(Lane.APPLE, claim="dead", at=clock(), lease_s=30)
    assert await outbox.claim(Lane.APPLE, claim="other", at=clock(), lease_s=30) == []

    clock.move(timedelta(seconds=31))

    (again,) = await outbox.claim(Lane.APPLE, claim="next", at=clock(), lease_s=30)
    assert (again.key, again.fence, again.attempts) == (held.key, held.fence + 1, 2)
    assert not await outbox.complete(held)
    late: Outcome = RetryLater(reason="late")
    await outbox.report([(held, late)], at=clock(), retry_at=[clock() - timedelta(days=1)])
    assert await outbox.claim(Lane.APPLE, claim="thief", at=clock(), lease_s=30) == []
    assert await outbox.complete(again)


async def test_two_workers_share_a_lane_without_doing_anything_twice(store: Store, clock: SettableClock) -> None:
    clock.set_to(now())
    await store.reading.outbox.put([item(Lane.APPLE, f"a{number}", clock) for number in range(300)])
    first, second = Recorder(Lane.APPLE), Recorder(Lane.APPLE)

    async with working(store, first), working(store, second):
        await until_empty(store, Lane.APPLE)

    keys = [each.key for each in first.seen + second.seen]
    assert len(keys) == len(set(keys)) == 300


async def test_a_provider_that_asks_everybody_to_wait_pauses_its_lane(store: Store, clock: SettableClock) -> None:
    channel = Recorder(Lane.TELEGRAM, RetryLater(reason="429", after_s=60, whole_lane=True))
    runner = LaneRunner(store, channel, clock)
    await store.reading.outbox.put([item(Lane.TELEGRAM, "t1", clock)])
    await runner.step()
    await store.reading.outbox.put([item(Lane.TELEGRAM, "t2", clock)])

    paused = await runner.step()
    clock.move(timedelta(seconds=61))
    resumed = await runner.step()

    assert (paused, resumed) == (0, 2)


async def test_part_of_the_work_done_is_not_done_again(store: Store, clock: SettableClock) -> None:
    channel = Recorder(Lane.APPLE, RetryLater(reason="one device owed", after_s=1, payload={"owed": ["ab"]}))
    runner = LaneRunner(store, channel, clock)
    await store.reading.outbox.put([item(Lane.APPLE, "a", clock)])
    await runner.step()
    clock.move(timedelta(seconds=2))

    await runner.step()

    assert [each.payload for each in channel.seen] == [{"serial": "s"}, {"owed": ["ab"]}]


async def test_what_fails_for_a_day_is_dropped_with_its_reason(store: Store, clock: SettableClock) -> None:
    channel = Recorder(Lane.APPLE, RetryLater(reason="no answer", after_s=1))
    runner = LaneRunner(store, channel, clock)
    await store.reading.outbox.put([item(Lane.APPLE, "a", clock)])
    clock.move(timedelta(hours=25))

    await runner.step()

    delivery = await store.database["deliveries"].find_one({"_id": "a"})
    assert delivery is not None
    assert (delivery["state"], "no answer" in delivery["note"]) == ("dropped", True)
    assert await store.reading.outbox.waiting(Lane.APPLE) == 0


async def test_a_slow_batch_keeps_its_lease(store: Store) -> None:
    @dataclass(slots=True)
    class Slow:
        lane: Lane = Lane.APPLE

        async def deliver(self, items: Sequence[OutboxItem]) -> Sequence[Outcome]:
            await asyncio.sleep(1.2)
            return [Dropped(reason="done") for _ in items]

    clock = SettableClock(now())
    await store.reading.outbox.put([item(Lane.APPLE, "a", clock)])
    runner = LaneRunner(store, Slow(), now, lease_s=0.6)
    async with asyncio.TaskGroup() as tasks:
        step = tasks.create_task(runner.step())
        await asyncio.sleep(0.9)

        stolen = await store.reading.outbox.claim(Lane.APPLE, claim="thief", at=now(), lease_s=1)

    assert stolen == []
    assert step.result() == 1
    assert await store.reading.outbox.waiting(Lane.APPLE) == 0


async def test_one_item_wakes_one_idle_runner_and_where_none_is_idle_all_look_again(store: Store) -> None:
    worker = Worker(store, [Recorder(Lane.APPLE), Recorder(Lane.SMS)], now)
    first, second = (each for each in worker._runners if each.channel.lane is Lane.APPLE)
    first.is_idle = second.is_idle = True

    worker._wake(Lane.APPLE)
    assert (first.wake.is_set(), second.wake.is_set()) == (True, False)
    worker._wake(Lane.APPLE)
    assert (first.wake.is_set(), second.wake.is_set()) == (True, True)

    for each in (first, second):
        each.is_idle = False
        each.wake.clear()
    worker._wake(Lane.APPLE)
    assert (first.wake.is_set(), second.wake.is_set()) == (True, True)
    assert not any(each.wake.is_set() for each in worker._runners if each.channel.lane is Lane.SMS)
