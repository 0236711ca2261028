"""The pace of one issuer: so many requests a second, in the order they came, for one process and for all of them."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise

import pytest

from offers.flows.reserve_calls import ReserveCalls
from offers.model.pace import Quota
from offers.store.store import Store
from tests.clock import SettableClock
from wallet.google.pace import Pace, SharedPace, Turn

QUOTA = Quota(calls=20, good_for_s=0.2)


async def test_a_pace_of_one_process_spaces_its_turns() -> None:
    at, slept = 100.0, []

    async def sleep(seconds: float) -> None:
        slept.append(round(seconds, 3))

    pace = Pace(per_second=20.0, burst=5, now=lambda: at, sleep=sleep)

    turns = [await pace.take(patience_s=10.0) for _ in range(8)]

    assert turns == [Turn(1)] * 8
    assert slept == [0.05, 0.1, 0.15]


async def test_a_long_queue_is_told_its_wait_instead_of_holding_a_worker() -> None:
    now = 100.0
    pace = Pace(per_second=1.0, burst=1, now=lambda: now)

    assert await pace.take(patience_s=0.5) == Turn(1)
    assert await pace.take(patience_s=0.5) == Turn(0, 1.0)

    now = 101.0
    assert await pace.take(patience_s=0.5) == Turn(1)


async def test_a_pace_gives_a_batch_what_it_may_send_at_once() -> None:
    now = 100.0
    pace = Pace(per_second=10.0, burst=5, now=lambda: now)

    assert await pace.take(patience_s=0.0, most=3) == Turn(3)
    assert await pace.take(patience_s=0.0, most=9) == Turn(2)
    assert (await pace.take(patience_s=0.0, most=9)).calls == 0


async def test_a_pace_that_rests_lets_nothing_through() -> None:
    now = 0.0
    pace = Pace(per_second=10.0, burst=5, now=lambda: now)
    await pace.rest(60.0)

    assert await pace.take(patience_s=1.0) == Turn(0, 60.0)
    now = 60.0
    assert (await pace.take(patience_s=1.0)).calls == 1


class Machine:
    """A process on a machine of its own: its turns come from what all of them share."""

    def __init__(self, store: Store, clock: SettableClock, *, slice_calls: int = 5) -> None:
        self.clock = clock
        self.reserve = ReserveCalls(store, "google:1", QUOTA, clock)
        self.pace = SharedPace(self.reserve, slice_calls=slice_calls, now=self.now, sleep=self.sleep)

    def now(self) -> float:
        return self.clock().timestamp()

    async def sleep(self, seconds: float) -> None:
        self.clock.move(timedelta(seconds=seconds))


def most_in_any_second(sent: Sequence[float]) -> int:
    sent = sorted(sent)
    return max(sum(start <= at < start + 1.0 for at in sent) for start in sent)


async def test_no_second_holds_more_calls_than_the_quota_whoever_makes_them(store: Store, clock: SettableClock) -> None:
    machines = [Machine(store, clock, slice_calls=size) for size in (1, 5, 7)]
    sent: list[float] = []
    refused = 0

    for step in range(400):
        machine = machines[step % 3]
        turn = await machine.pace.take(patience_s=0.0, most=1 + step % 4)
        sent += [machine.now()] * turn.calls
        refused += not turn.calls
        clock.move(timedelta(milliseconds=(7, 31, 90)[step % 3]))

    assert refused > 0
    assert most_in_any_second(sent) <= QUOTA.calls
    assert len(sent) > 0.6 * QUOTA.calls * (sent[-1] - sent[0])


async def test_a_lone_process_uses_nearly_all_of_the_quota(store: Store, clock: SettableClock) -> None:
    machine = Machine(store, clock)
    sent = []

    for _ in range(200):
        assert (await machine.pace.take(patience_s=5.0)).calls == 1
        sent.append(machine.now())

    assert most_in_any_second(sent) <= QUOTA.calls
    assert sent[-1] - sent[0] == pytest.approx(9 * 1.2, abs=0.3)  # 20 in each second and a fifth


async def test_most_turns_cost_no_round_trip(store: Store, clock: SettableClock) -> None:
    machine = Machine(store, clock)
    for _ in range(20):
        await machine.pace.take(patience_s=0.0)

    kept = await store.database["paces"].find_one({"_id": "google:1"})

    assert kept is not None
    assert [each["calls"] for each in kept["grants"]] == [5, 5, 5, 5]


async def test_what_a_dead_process_held_is_lost_for_little_more_than_a_second(
    store: Store, clock: SettableClock
) -> None:
    dead, living = Machine(store, clock), Machine(store, clock)
    await dead.pace.take(patience_s=0.0)

    now, later = [], []
    while (turn := await living.pace.take(patience_s=0.0, most=20)).calls:
        now.append(turn.calls)
    clock.move(timedelta(seconds=1.21))
    while (turn := await living.pace.take(patience_s=0.0, most=20)).calls:
        later.append(turn.calls)

    assert (sum(now), sum(later)) == (15, 20)


async def test_a_slice_kept_too_long_is_not_used(store: Store, clock: SettableClock) -> None:
    machine = Machine(store, clock)
    await machine.pace.take(patience_s=0.0)
    clock.move(timedelta(seconds=0.5))

    await machine.pace.take(patience_s=0.0)

    kept = await store.database["paces"].find_one({"_id": "google:1"})
    assert kept is not None
    assert [each["calls"] for each in kept["grants"]] == [5, 5]


async def test_one_process_told_to_rest_rests_them_all(store: Store, clock: SettableClock) -> None:
    first, second = Machine(store, clock), Machine(store, clock)

    await first.pace.rest(30.0)

    assert await first.pace.take(patience_s=1.0) == Turn(0, 30.0)
    assert await second.pace.take(patience_s=1.0) == Turn(0, 30.0)
    clock.move(timedelta(seconds=30))
    assert (await second.pace.take(patience_s=0.0)).calls == 1


async def test_the_databases_own_clock_serves_all_machines(store: Store) -> None:
    reserve = ReserveCalls(store, "google:1", Quota(calls=4, good_for_s=0.2))

    grants = await asyncio.gather(*(reserve(1) for _ in range(12)))

    made = sorted(grant.asked_at for grant in grants if grant.calls)
    assert len(made) >= 4
    assert all((late - early).total_seconds() >= 0 for early, late in pairwise(made))
    held = [at for at in made if (at - made[0]).total_seconds() < 1.0]
    assert len(held) <= 4
    assert all(grant.wait_s > 0 for grant in grants if not grant.calls)
