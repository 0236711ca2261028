"""The whole night shift at size: from files, and from MongoDB (read, score, publish), with how it grows.

`python -m bench.scoring.night [MEMBERS ...]` (100,000 and 1,000,000) with about ten purchases a member; each size in a
process of its own, with the peak of its memory in each step. `python -m bench.scoring.night files MEMBERS` or `mongo
MEMBERS` takes one way alone. MongoDB is filled before the night begins; its processor time is counted with the night's.
"""

import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import polars as pl
from bson import Decimal128
from pymongo import AsyncMongoClient
from pymongo.write_concern import WriteConcern

from bench.importing import open_shop
from bench.scoring.shop import Shop, write_lines
from offers.model.ids import ProgrammeId
from offers.store.indexes import INDEXES
from offers.store.store import Store
from scoring.nightly.scored import Scored
from scoring.nightly.shift import NightWishes, score_night
from scoring.partitions.machines import Here
from service.mongod import EmbeddedMongo
from service.night.shift import NightShift, Step
from service.now import now

SIZES = (100_000, 1_000_000)
PURCHASES_EACH = 10
THREADS = 2
AS_OF = date(2025, 12, 30)
AIM_S = 600
AT_ONCE = 10_000
READ_AT_ONCE = 250_000
ZONE = "Europe/London"
_STEPS = ("read and fold", "purchase models", "slices", "choice", "training", "totals", "tastes", "members", "segments")


class Steps:
    """Notes what each step took, by the clock and by the processor, that of another process included.

    `peaks` are the most memory this process alone held in each step, in MiB.
    """

    def __init__(self, beside: int | None = None) -> None:
        self.took: dict[str, tuple[float, float]] = {}
        self.peaks: dict[str, float] = {}
        self._beside = beside
        self._last = self._here()

    def _here(self) -> tuple[float, float]:
        beside = 0.0 if self._beside is None else cpu_of(self._beside)
        return perf_counter(), process_time() + beside

    def end(self, name: str) -> None:
        here = self._here()
        before = self.took.get(name, (0.0, 0.0))
        wall, cpu = (there - then + was for there, then, was in zip(here, self._last, before, strict=True))
        self.took[name], self._last = (wall, cpu), here
        self.peaks[name] = max(self.peaks.get(name, 0.0), peak_mib())


def cpu_of(pid: int) -> float:
    """Give the processor time of a process in seconds."""
    told = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


def peak_mib() -> float:
    """Give the most memory this process held since it was last asked."""
    told = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    Path("/proc/self/clear_refs").write_text("5")
    return int(told.split()[1]) / 1024


def wishes(zone: str) -> NightWishes:
    return NightWishes(as_of=AS_OF, horizon_days=30, zone=zone, seed=0, threads=THREADS)


def from_files(path: Path) -> Steps:
    steps, scored = Steps(), Scored(path.parent / "scores")

    def watch(done: int, _: int) -> None:
        steps.end(_STEPS[min(done, len(_STEPS)) - 1])

    night = score_night(path, wishes("UTC"), scored=scored, watch=watch, machines=Here(threads=THREADS))
    assert night.members > 0
    return steps


def receipts(path: Path) -> Iterator[list[dict[str, Any]]]:
    """Give what the night reads of receipts, as they are kept, with ids in order of time as ours are."""
    rows = pl.scan_parquet(path)
    count = int(rows.select(pl.len()).collect().item())
    pieces = [Decimal128(str(each)) for each in range(10)]
    for first in range(0, count, READ_AT_ONCE):
        some = rows.slice(first, READ_AT_ONCE).collect()
        columns = [
            pl.int_range(first, first + some.height, eager=True).cast(pl.String).str.zfill(20),
            *(some[name] for name in ("member_id", "at", "order_id", "category")),
            *(some[name].cast(pl.Int64) for name in ("quantity", "amount")),
            some["at"].dt.date().cast(pl.String),
        ]
        for begin in range(0, some.height, AT_ONCE):
            told = zip(*(column[begin : begin + AT_ONCE].to_list() for column in columns), strict=True)
            yield [
                receipt(key, member, at, order, category, pieces[quantity], amount, day)
                for key, member, at, order, category, quantity, amount, day in told
            ]


def receipt(  # noqa: PLR0917 - a row
    key: str, member: str, at: datetime, order: str, category: str, quantity: Decimal128, amount: int, day: str
) -> dict[str, Any]:
    return {
        "_id": key,
        "outlet_id": "bench",
        "programme_id": "bench",
        "member_id": member,
        "business_day": day,
        "order_ref": order,
        "at": at,
        "recorded_at": at,
        "origin": "till",
        "state": "settled",
        "lines": [
            {"sku": category, "category": category, "quantity": quantity, "payable_minor": amount, "points_accrued": 0}
        ],
    }


async def fill(store: Store, path: Path) -> int:
    """Fill without indexes first, for they are built faster afterwards: the one that histories are read by."""
    kept = store.database["receipts"].with_options(write_concern=WriteConcern(1))
    await kept.drop_indexes()
    waiting, count = receipts(path), 0
    some = next(waiting, [])
    while some:
        _, coming = await asyncio.gather(
            kept.insert_many(some, ordered=False), asyncio.to_thread(next, waiting, list[dict[str, Any]]())
        )
        some, count = coming, count + len(some)
    await kept.create_indexes(INDEXES["receipts"][:1])
    return count


async def from_mongo(path: Path) -> Steps:
    folder = Path(tempfile.mkdtemp(prefix="tessera-night-"))
    try:
        async with EmbeddedMongo(folder) as mongo, AsyncMongoClient[dict[str, Any]](mongo.uri, tz_aware=True) as client:
            store = Store(client, "bench")
            await store.prepare()
            await open_shop(store)
            begun = perf_counter()
            filled = await fill(store, path)
            print(f"filled with {filled:,} receipts in {perf_counter() - begun:.0f} s", file=sys.stderr, flush=True)
            programme = await store.reading.programmes.get(ProgrammeId("bench"))
            assert programme is not None
            steps = Steps(mongo.pid)

            def watch(step: Step, done: int, _: int) -> None:
                steps.end(_STEPS[min(done, len(_STEPS)) - 1] if step is Step.SCORE else step.value)

            report = await NightShift(store, now, folder / "scores")(programme, wishes(ZONE), watch=watch)
            steps.end("publish")
            assert report.published
            return steps
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def alone(way: str, members: int, path: Path) -> None:
    """Take one way in this process and print what it took."""
    steps = from_files(path) if way == "files" else asyncio.run(from_mongo(path))
    print(json.dumps({"way": way, "members": members, "steps": steps.took, "peaks": steps.peaks}))


def told(found: dict[str, Any]) -> float:
    wall = sum(each[0] for each in found["steps"].values())
    cpu = sum(each[1] for each in found["steps"].values())
    print(f"{found['way']}, {found['members']:,} members: {wall:,.0f} s by the clock, {cpu:,.0f} s of processor time, "
          f"peak {max(found['peaks'].values()):,.0f} MiB")  # fmt: skip
    each = (f"{name} {wall:.0f} ({cpu:.0f}) {found['peaks'][name]:,.0f} MiB"
            for name, (wall, cpu) in found["steps"].items())  # fmt: skip
    print("  " + ", ".join(each), flush=True)
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
