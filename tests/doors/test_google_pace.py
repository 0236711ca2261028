"""The pace of one issuer: so many requests a second, in the order they came."""

import asyncio
import time

from wallet.google.pace import Pace


async def test_twenty_requests_a_second_pass_the_pace_and_no_more() -> None:
    pace = Pace(per_second=20.0, burst=5)
    started = time.monotonic()

    waits = await asyncio.gather(*(pace.take(patience_s=10.0) for _ in range(15)))

    assert waits == [0.0] * 15
    assert 0.45 <= time.monotonic() - started < 1.5  # five at once, ten more at 50 ms each


async def test_a_long_queue_is_told_its_wait_instead_of_holding_a_worker() -> None:
    now = 100.0
    pace = Pace(per_second=1.0, burst=1, now=lambda: now)

    assert await pace.take(patience_s=0.5) == 0.0
    assert await pace.take(patience_s=0.5) == 1.0

    now = 101.0
    assert await pace.take(patience_s=0.5) == 0.0


async def test_a_pace_that_rests_lets_nothing_through() -> None:
    now = 0.0
    pace = Pace(per_second=10.0, burst=5, now=lambda: now)
    pace.rest(60.0)

    assert await pace.take(patience_s=1.0) == 60.0
    now = 60.0
    assert await pace.take(patience_s=1.0) == 0.0
