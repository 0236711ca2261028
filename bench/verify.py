"""`tessera verify` over a million entries: entries a second, and the most memory it took, beside a tenth of them.

The ledger is made by the engine itself, member after member, and put into the embedded MongoDB in bulk; it is read
in a process of its own, so that its memory is its own. `python -m bench.verify 50000` proves as many.
"""

import asyncio
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import uvloop

from bench.till import PROGRAMME
from offers.engine.bookkeeping import catch_up, due_dates, new_lot
from offers.engine.entries import numbered
from offers.engine.lots import Movement, accrue, available, spend
from offers.model.ids import LotId, MemberId, new_id
from offers.model.ledger import POINTS, Account, LedgerEntry
from offers.store.codec import to_document
from offers.store.store import Store
from service.opening import open_store
from service.settings import Settings

ENTRIES = 1_000_000
PURCHASES_OF_A_MEMBER = 40
BATCH = 5_000
START = datetime(2024, 1, 1, 9, tzinfo=UTC)
_DICE = random.Random(20_260_314)  # noqa: S311 - the same ledger every time


@dataclass(slots=True)
class Batch:
    """Documents on their way into the database."""

    ledger: list[dict[str, Any]] = field(default_factory=list)
    accounts: list[dict[str, Any]] = field(default_factory=list)
    receipts: list[dict[str, Any]] = field(default_factory=list)

    async def put(self, store: Store) -> None:
        for name in ("ledger", "accounts", "receipts"):
            documents = getattr(self, name)
            if documents:
                await store.database[name].insert_many(documents, ordered=False)
                documents.clear()


async def measure(entries: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with open_store(Settings(data_folder=Path(folder))) as opened:
            assert opened.mongo is not None
            store = opened.store
            await store.reading.programmes.keep(PROGRAMME)
            made, members = 0, 0
            most_mib = []
            for wanted in (entries // 10, entries):
                began = time.perf_counter()
                made, members = await fill(store, made, members, wanted)
                print(f"{made:>9,} entries of {members:,} accounts made in {time.perf_counter() - began:.0f} s")
                most_mib.append(await asyncio.to_thread(verify, opened.mongo.uri, store.database.name))
    print(f"ten times the entries took {100 * (most_mib[1] / most_mib[0] - 1):+.0f} % of memory")


def verify(uri: str, database: str) -> float:
    """Run the command, and say how fast it was; gives the most memory it took, in MiB."""
    environment = {
        **os.environ, "TESSERA_MONGO__URI": uri, "TESSERA_MONGO__DATABASE": database, "LC_ALL": "en_GB.UTF-8",
    }  # fmt: skip
    command = [sys.executable, "-m", "service.cli", "verify"]
    began = time.perf_counter()
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        told = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    elapsed_s = time.perf_counter() - began
    assert process.returncode == 0, told
    most_mib = used.ru_maxrss / 1024
    pace = re.search(r"(\d+) entries/s", told)
    print(
        f"          verified: {int(pace[1]) if pace else 0:,} entries/s, "
        f"{elapsed_s:.1f} s with the start, at most {most_mib:.0f} MiB"
    )
    return most_mib


async def fill(store: Store, made: int, members: int, wanted: int) -> tuple[int, int]:
    """Add members until there are as many entries as wanted."""
    batch = Batch()
    while made < wanted:
        made += live(members, batch)
        members += 1
        if len(batch.ledger) >= BATCH:
            await batch.put(store)
    await batch.put(store)
    return made, members


def live(number: int, batch: Batch) -> int:
    """Let one member buy for some years; give how many entries that made."""
    member_id = MemberId(f"{number:020}")
    account = Account(member_id=member_id, programme_id=PROGRAMME.id, currency=POINTS)
    at = START + timedelta(minutes=_DICE.randrange(600_000))
    for _ in range(PURCHASES_OF_A_MEMBER):
        at += timedelta(hours=_DICE.randrange(1, 500))
        checkout_id = new_id(at, _DICE.randbytes)
        movements = list(shop(account, checkout_id, at))
        entries, account = numbered(account, movements, cause=f"purchase:{checkout_id}", effective_at=at, at=at)
        batch.ledger += [to_document(entry) for entry in entries]
        batch.receipts.append(receipt(checkout_id, member_id, entries))
    batch.accounts.append({**to_document(account, key=f"{member_id}:{POINTS}"), **to_document(due_dates(account))})
    return account.seq


def shop(account: Account, checkout_id: str, at: datetime) -> Iterator[Movement]:
    """Spend now and then, accrue always; what ran out is written off first."""
    for expired in catch_up(account, at):
        account = expired.account
        yield expired
    if _DICE.random() < 0.3 and (there := available(account, at)):
        spent = spend(account, _DICE.randint(1, there), at)
        account = spent.account
        yield spent
    lot = new_lot(PROGRAMME, LotId(checkout_id), _DICE.randint(1, 99), at=at, recorded_at=at, funder="m1")
    yield accrue(account, lot)


def receipt(checkout_id: str, member_id: MemberId, entries: list[LedgerEntry]) -> dict[str, Any]:
    """Write of a receipt what the proof reads, and what the indexes ask for."""
    points = {entry.kind.value: abs(entry.points) for entry in entries}
    return {
        "_id": checkout_id, "member_id": member_id, "outlet_id": "o1", "business_day": "2024-01-01",
        "order_ref": checkout_id, "origin": "till", "state": "settled",
        "points_accrued": points["accrual"], "points_redeemed": points.get("redemption", 0),
    }  # fmt: skip


def main() -> None:
    uvloop.run(measure(int(sys.argv[1]) if len(sys.argv) > 1 else ENTRIES))


if __name__ == "__main__":
    main()
