"""Import of real purchases into an empty programme: lines a second and the peak of resident memory.

`python -m bench.importing [FILE]`; without a file the retail purchases of the data folder (TESSERA_DATA) are taken.
"""

import asyncio
import os
import resource
import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument
from pymongo import AsyncMongoClient

from offers.model.history import PurchaseFate
from offers.model.ids import MerchantId, OutletId, ProgrammeId
from offers.model.programme import LocalText, Merchant, Outlet, Programme, Terms
from offers.store.indexes import INDEXES
from offers.store.store import Store
from offers.store.work import Work
from service.importing.run import ImportFile, Wishes
from service.importing.watch import Nobody, Stage, Summary
from service.mongod import EmbeddedMongo
from service.now import chance, now

REAL_FILE = "online_retail_ii_purchases.parquet"
AIM_LINES_PER_S = 20_000
AIM_MIB = 1024
ZONE = "Europe/London"


class Stopwatch(Nobody):
    """Notes when each stage began."""

    def __init__(self) -> None:
        self.began: dict[str, float] = {}

    def begin(self, stage: Stage, total: int, *, in_bytes: bool = False) -> None:
        _ = in_bytes
        self.began[f"{stage} ({total})"] = perf_counter()


def data_folder() -> Path:
    default = Path(__file__).resolve().parents[2] / "shared" / "data"
    return Path(os.environ.get("TESSERA_DATA", default))


async def open_shop(store: Store) -> None:
    programme = Programme(
        id=ProgrammeId("bench"),
        slug="bench",
        name=LocalText(ru="Замер", en="Bench"),
        currency="GBP",
        zone=ZONE,
        terms=Terms(),
    )
    merchant = Merchant(id=MerchantId("bench"), programme_id=programme.id, slug="bench", name="Bench")
    outlet = Outlet(
        id=OutletId("bench"),
        programme_id=programme.id,
        merchant_id=merchant.id,
        slug="bench",
        name="Bench",
        zone=ZONE,
    )

    async def keep(work: Work) -> None:
        await work.programmes.keep(programme)
        await work.programmes.add_merchant(merchant)
        await work.programmes.add_outlet(outlet)

    await store.transact(keep)


async def run_once(store: Store, file: Path, name: str) -> Summary:
    watch = Stopwatch()
    with tempfile.TemporaryDirectory() as folder:
        wishes = Wishes(enrol=True, rejected=Path(folder) / "rejected.csv")
        began = perf_counter()
        summary = await ImportFile(store, now, chance, watch).transactions(file, wishes)
        ended = perf_counter()
    lines = summary.lines.total() + summary.rejected.total()
    times = [*watch.began.values(), ended]
    stages = ", ".join(
        f"{stage} {after - before:.1f} s" for stage, before, after in zip(watch.began, times, times[1:], strict=False)
    )
    print(f"{name}: {lines:,} lines in {ended - began:.1f} s = {lines / (ended - began):,.0f} lines/s ({stages})")
    print(f"  {_told(summary.purchases)}; members {_told(summary.members)}; rejected {_told(summary.rejected)}")
    return summary


def _told(counts: Counter[Any]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.items() if count) or "none"


async def bare_insert(store: Store) -> float:
    """Insert the same receipts again, ready as bytes, into a collection with the same indexes: what MongoDB takes."""
    raw = store.database.with_options(codec_options=CodecOptions(document_class=RawBSONDocument))
    await raw["bare"].create_indexes(INDEXES["receipts"])
    elapsed_s = 0.0
    batch: list[RawBSONDocument] = []
    async for receipt in raw["receipts"].find(batch_size=500):
        batch.append(receipt)
        if len(batch) == 500:
            began = perf_counter()
            await raw["bare"].insert_many(batch)
            elapsed_s += perf_counter() - began
            batch = []
    return elapsed_s


async def main(file: Path) -> None:
    folder = Path(tempfile.mkdtemp(prefix="tessera-bench-"))
    try:
        async with EmbeddedMongo(folder) as mongo, AsyncMongoClient[dict[str, Any]](mongo.uri, tz_aware=True) as client:
            store = Store(client, "bench")
            await store.prepare()
            await open_shop(store)
            first = await run_once(store, file, "first run ")
            cpu_s = process_time()
            bare_s = await bare_insert(store)
            again = await run_once(store, file, "second run")
            print(f"  reference: the same receipts inserted bare, already encoded: {bare_s:.1f} s")
            print(
                f"  the importer used {cpu_s:.1f} s of CPU in the first run; {_cores()} cores are shared with MongoDB"
            )
            assert again.purchases[PurchaseFate.ADDED] == 0
            assert again.purchases[PurchaseFate.ALREADY_THERE] == first.purchases[PurchaseFate.ADDED]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak resident memory of the importer: {peak_mib:.0f} MiB (aim: under {AIM_MIB} MiB)")
    print(f"aim: {AIM_LINES_PER_S:,} lines/s")


def _cores() -> int:
    return len(os.sched_getaffinity(0))


if __name__ == "__main__":
    chosen = Path(sys.argv[1]) if len(sys.argv) > 1 else data_folder() / REAL_FILE
    if not chosen.exists():
        sys.exit(f"{chosen} is absent: set TESSERA_DATA to the folder of the data, or name a file")
    asyncio.run(main(chosen))
