"""The whole night shift at size: from files, and from MongoDB (read, score, publish), with how it grows.

`python -m bench.scoring.night [MEMBERS ...]` (100,000 and 1,000,000) with about ten purchases a member; each size in a
process of its own. `python -m bench.scoring.night files MEMBERS` or `mongo MEMBERS` takes one way alone.
"""

import asyncio
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import polars as pl
from pymongo import AsyncMongoClient

from bench.importing import open_shop
from bench.scoring.shop import Shop, write_lines
from offers.model.ids import ProgrammeId
from offers.store.store import Store
from scoring.nightly.shift import Night, NightWishes, score_night
from service.mongod import EmbeddedMongo
from service.night.shift import NightShift
from service.now import now

SIZES = (100_000, 1_000_000)
PURCHASES_EACH = 10
THREADS = 2
AS_OF = date(2025, 12, 30)
AIM_S = 600
AT_ONCE = 5_000
ZONE = "Europe/London"
_STEPS = ("read and fold", "purchase models", "slices", "choice", "training", "totals", "tastes", "members", "segments")


class Steps:
    """Notes what each step took, by the clock and by the processor."""

    def __init__(self) -> None:
        self.took: dict[str, tuple[float, float]] = {}
        self._last = (perf_counter(), process_time())

    def end(self, name: str) -> None:
        here = (perf_counter(), process_time())
        before = self.took.get(name, (0.0, 0.0))
        wall, cpu = (there - then + was for there, then, was in zip(here, self._last, before, strict=True))
        self.took[name], self._last = (wall, cpu), here


def wishes(zone: str) -> NightWishes:
    return NightWishes(as_of=AS_OF, horizon_days=30, zone=zone, seed=0, threads=THREADS)


def from_files(path: Path) -> Steps:
    steps = Steps()

    def watch(done: int, _: int) -> None:
        steps.end(_STEPS[min(done, len(_STEPS)) - 1])

    night: Night = score_night(path, wishes("UTC"), clusters_before={}, watch=watch)
    assert night.scores.height > 0
    return steps


def receipts(path: Path) -> Iterator[dict[str, Any]]:
    """Give what the night reads of receipts, as they are kept."""
    rows = pl.scan_parquet(path)
    count = int(rows.select(pl.len()).collect().item())
    for first in range(0, count, AT_ONCE):
        for row in rows.slice(first, AT_ONCE).collect().iter_rows(named=True):
            yield {
                "_id": row["order_id"],
                "outlet_id": "bench",
                "programme_id": "bench",
                "member_id": row["member_id"],
                "business_day": row["at"].date().isoformat(),
                "order_ref": row["order_id"],
                "at": row["at"],
                "recorded_at": row["at"],
                "origin": "till",
                "state": "settled",
                "lines": [
                    {
                        "sku": row["category"],
                        "category": row["category"],
                        "quantity": Decimal(int(row["quantity"])),
                        "payable_minor": int(row["amount"]),
                        "points_accrued": 0,
                    }
                ],
            }


async def fill(store: Store, path: Path) -> int:
    waiting: list[dict[str, Any]] = []
    count = 0
    for receipt in receipts(path):
        waiting.append(receipt)
        if len(waiting) == AT_ONCE:
            await store.database["receipts"].insert_many(waiting, ordered=False)
            count, waiting = count + len(waiting), []
    if waiting:
        await store.database["receipts"].insert_many(waiting, ordered=False)
    return count + len(waiting)


async def from_mongo(path: Path) -> Steps:
    folder = Path(tempfile.mkdtemp(prefix="tessera-night-"))
    try:
        async with EmbeddedMongo(folder) as mongo, AsyncMongoClient[dict[str, Any]](mongo.uri, tz_aware=True) as client:
            store = Store(client, "bench")
            await store.prepare()
            await open_shop(store)
            await fill(store, path)
            programme = await store.reading.programmes.get(ProgrammeId("bench"))
            assert programme is not None
            steps = Steps()
            night = NightShift(store, now, folder / "scores")
            report = await night(programme, wishes(ZONE), watch=lambda step, *_: steps.end(step.value))
            assert report.published
            return steps
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def alone(way: str, members: int, path: Path) -> None:
    """Take one way in this process and print what it took."""
    steps = from_files(path) if way == "files" else asyncio.run(from_mongo(path))
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    print(json.dumps({"way": way, "members": members, "steps": steps.took, "mib": int(peak.split()[1]) / 1024}))


def told(found: dict[str, Any]) -> float:
    wall = sum(each[0] for each in found["steps"].values())
    cpu = sum(each[1] for each in found["steps"].values())
    print(f"{found['way']}, {found['members']:,} members: {wall:,.0f} s by the clock, {cpu:,.0f} s of processor time, "
          f"peak {found['mib']:,.0f} MiB")  # fmt: skip
    print(
        "  " + ", ".join(f"{name} {wall:.0f} ({cpu:.0f})" for name, (wall, cpu) in found["steps"].items()), flush=True
    )
    return float(wall)


def main(ways: tuple[str, ...], sizes: list[int]) -> int:
    print(f"{datetime.now(UTC):%Y-%m-%d}; seconds by the clock (and of processor time), {THREADS} threads")
    walls: dict[tuple[str, int], float] = {}
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="tessera-night-") as folder:
            path = Path(folder) / "history.parquet"
            lines = write_lines(Shop(members=size, purchases=size * PURCHASES_EACH), path)
            print(f"{size:,} members, {lines:,} purchases", flush=True)
            for way in ways:
                command = [sys.executable, "-m", "bench.scoring.night", "alone", way, str(size), str(path)]
                run = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
                walls[way, size] = told(json.loads(run.stdout.splitlines()[-1]))
    for way in ways:
        grown = [walls[way, later] / walls[way, size] for size, later in pairwise(sizes)]
        print(f"{way} grows by " + (", ".join(f"{each:.1f}" for each in grown) or "—"))
    held = all(wall < AIM_S for wall in walls.values())
    print("held" if held else "MISSED", f"(aim: under {AIM_S} s)")
    return 0 if held else 1


if __name__ == "__main__":
    asked = sys.argv[1:]
    if asked[:1] == ["alone"]:
        alone(asked[1], int(asked[2]), Path(asked[3]))
        sys.exit(0)
    chosen = (asked.pop(0),) if asked[:1] and not asked[0].isdigit() else ("files", "mongo")
    sys.exit(main(chosen, [int(word) for word in asked] or list(SIZES)))
