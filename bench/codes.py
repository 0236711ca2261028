"""A million voucher codes, made and kept, on one core: the process and its MongoDB share it.

`python -m bench.codes [COUNT]`. Beside it: codes made and thrown away, and a bare insert of such documents.
"""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Awaitable
from pathlib import Path

from offers.engine.voucher_codes import make_codes
from offers.flows.make_codes import CHUNK, BatchWish, MakeCodes
from offers.model.ids import ProgrammeId
from offers.store.store import Store
from service.cli.code_files import CodeFile
from service.now import chance, now
from service.opening import open_store
from service.settings import Settings

COUNT = 1_000_000
AIM_S = 60.0


async def measure(count: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with open_store(Settings(data_folder=folder)) as opened:
            started = time.process_time()
            alone(count)
            print(f"{count:,} codes made in {time.process_time() - started:.1f} s of one core")
            pid = opened.mongo.pid if opened.mongo else None
            kept_s, kept_cpu_s = await timed(pid, keep(opened.store, count, folder / "codes.csv"))
            print(
                f"made, kept and written to a file: {kept_s:.1f} s, {kept_cpu_s:.1f} s of one core (aim {AIM_S:.0f} s)"
            )
            bare_s, bare_cpu_s = await timed(pid, bare(opened.store, count))
            print(f"a bare insert of such documents: {bare_s:.1f} s, {bare_cpu_s:.1f} s of one core")
            print(f"ratio {kept_cpu_s / bare_cpu_s:.2f}; the process and its MongoDB share the core")


async def timed(pid: int | None, work: Awaitable[None]) -> tuple[float, float]:
    """Give seconds by the clock, and of the core: this process and the database together."""
    began, began_cpu = time.perf_counter(), time.process_time() + cpu_of(pid)
    await work
    return time.perf_counter() - began, time.process_time() + cpu_of(pid) - began_cpu


def cpu_of(pid: int | None) -> float:
    if pid is None:
        return 0.0
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def alone(count: int) -> None:
    for _ in range(0, count, CHUNK):
        make_codes(chance, CHUNK)


async def keep(store: Store, count: int, path: Path) -> None:
    making = MakeCodes(store, now, chance)
    wish = BatchWish(programme_id=ProgrammeId("bench"), campaign="bench", offer_id="bench", asked=count)
    batch = await making.begin(wish)
    with CodeFile(path) as file:
        async for codes in making.fill(batch):
            file.write(codes)
    assert await store.reading.vouchers.count_codes(batch.id) == count
    with path.open(encoding="utf-8") as written:
        assert sum(1 for _ in written) == count + 1


async def bare(store: Store, count: int) -> None:
    collection = await store.database.create_collection("bare_vouchers")
    await collection.create_index("batch_id")
    for first in range(0, count, CHUNK):
        documents = [{"_id": os.urandom(10).hex(), "batch_id": "b", "left": 1} for _ in range(first, first + CHUNK)]
        await collection.insert_many(documents, ordered=False)


def main() -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    asyncio.run(measure(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT))


if __name__ == "__main__":
    main()
