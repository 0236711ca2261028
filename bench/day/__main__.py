"""`make bench ARGS=day`: 100,000 Google cards, 100,000 Apple phones, 5,000 purchases, a happy hour; time simulated.

`python -m bench.day 0.01` tells a hundredth of it.
"""

import asyncio
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import structlog
from pymongo import AsyncMongoClient

from bench.day.people import Scale
from bench.day.story import Day, lost_states, tell_a_day
from bench.day.virtual_time import OpenQuestions
from offers.store.store import Store
from service.cancellation import keep_cancellations
from service.mongod import EmbeddedMongo

WHOLE = Scale(google=100_000, apple=100_000, purchases=5_000, segment=5_000)
BALANCE_AIM_S = 10.0


def scaled(part: float) -> Scale:
    return Scale(*(max(10, int(each * part)) for each in (WHOLE.google, WHOLE.apple, WHOLE.purchases, WHOLE.segment)))


async def measure(part: float) -> bool:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    keep_cancellations()
    with tempfile.TemporaryDirectory() as folder:
        async with EmbeddedMongo(Path(folder)) as mongo:
            questions = OpenQuestions()
            async with AsyncMongoClient[dict[str, Any]](
                mongo.uri, tz_aware=True, event_listeners=[questions], minPoolSize=20
            ) as client:
                # The day lies in the past: by the server's clock its notes would be forgotten at once.
                await client.admin.command("setParameter", 1, ttlMonitorEnabled=False)
                store = Store(client, "day")
                await store.prepare()
                started = time.perf_counter()
                day = await tell_a_day(store, questions, scaled(part), bulk_per_s=200.0 * max(part, 0.05))
                told_s = time.perf_counter() - started
                lost = await lost_states(day)
                kept = report(day, lost)
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"the day took {told_s:.0f} s to tell; most memory {peak_mib} MiB, the providers' included")
    return kept


def report(day: Day, lost: list[str]) -> bool:
    google, apple, balances = day.world.google, day.world.apple, day.balances
    scale = day.scale
    print(f"{scale.google} Google cards, {scale.apple} Apple phones, {scale.purchases} purchases")
    worst_s = 0.0
    for wallet, took_s in sorted(balances.took_s.items()):
        ordered = sorted(took_s)
        p99_s = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
        worst_s = max(worst_s, p99_s)
        middle_s = ordered[len(ordered) // 2]
        print(
            f"balances at {wallet}: {len(ordered)}, p50 {middle_s:.2f} s, p99 {p99_s:.2f} s, most {ordered[-1]:.2f} s"
        )
    print(f"Google: {sum(google.calls.values())} calls {dict(google.calls)}, answered {dict(google.answers)}")
    print(f"  most in a second {google.most_in_a_second}, breaches {google.rate_breaches}")
    print(f"  rang {google.rung} times, breaches {google.ring_breaches}; class patches {len(google.class_patches)}")
    print(f"Apple: {sum(apple.pushes.values())} pushes, answered {dict(apple.answers)}")
    gone = {int(each, 16) for each in apple.gone}
    owed = balances.owed(gone)
    print(f"lost states {len(lost)} {lost[:3]}, balances that never arrived {owed}")
    breaches = google.rate_breaches + google.ring_breaches
    is_kept = not lost and not owed and not breaches and worst_s < BALANCE_AIM_S
    print(f"p99 under {BALANCE_AIM_S:.0f} s, nothing lost, no breach -> {'kept' if is_kept else 'MISSED'}")
    return is_kept


def main() -> None:
    part = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    if not asyncio.run(measure(part)):
        sys.exit(1)


if __name__ == "__main__":
    main()
