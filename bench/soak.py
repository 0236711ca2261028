"""`make soak`: a million attempts by several processes at what is limited, thousands at once for a hundred uses.

`python -m bench.soak [ATTEMPTS]`. Budgets, voucher codes, coupons, the points of a member and the offer of a checkout
are rushed at in turn. Every round has to give exactly what there was; what is missing, or given twice, is a leak. So is
an answer that says anything but that it is gone; whoever was still told to come again when their patience was over is
counted apart.
"""

import asyncio
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from offers.flows.look_at_budgets import LookAtBudgets
from offers.flows.verify_ledger import VerifyLedger
from offers.model.errors import Busy
from offers.model.take import TakeState
from offers.store.store import Store
from service.now import now
from service.opening import Opened, open_store
from service.settings import Settings
from tests.clock import SettableClock
from tests.crowd import PROCESSES, Crowd
from tests.ledger_house import LedgerHouse, open_ledger_house
from tests.rushes import CODES, Target, open_budget, open_code, open_coupon, open_offer, open_points

ATTEMPTS = 1_000_000
CAP = 100
CARDS = 200
CROWDS = {"budget": 4_000, "voucher": 4_000, "coupon": 4_000, "points": 1_000, "checkout": 1_000}
"""How many want the hundred at once. Whole purchases are the dearest by far."""
TURNS = (*("budget", "voucher", "coupon") * 8, "points", "checkout")
"""The order of rounds; then they begin anew."""


@dataclass(slots=True)
class Tally:
    """What became of the attempts."""

    fates: Counter[str] = field(default_factory=Counter)
    seconds: Counter[str] = field(default_factory=Counter)
    attempts: Counter[str] = field(default_factory=Counter)
    leaks: int = 0
    most_bytes: int = 0

    def count(self, kind: str, fates: Counter[str], seconds: float, *, takers: int) -> None:
        self.fates.update(fates)
        self.attempts[kind] += takers
        self.seconds[kind] += round(seconds * 1_000)
        late = takers - CAP - fates[Busy.code]
        expected = {"took": CAP, CODES[kind]: late, Busy.code: fates[Busy.code]}
        self.leaks += sum(abs(fates[each] - expected.get(each, 0)) for each in fates.keys() | expected.keys())


@dataclass(frozen=True, slots=True)
class Soak:
    opened: Opened
    crowd: Crowd
    house: LedgerHouse
    cards: Sequence[str]
    tally: Tally

    @property
    def store(self) -> Store:
        return self.opened.store

    async def round(self, number: int) -> int:
        """Let one crowd rush; gives how many they were."""
        kind = TURNS[number % len(TURNS)]
        takers = CROWDS[kind]
        self.house.clock.set_to(now())
        target = await OPENERS[kind](self.house, number, CAP)
        cards = self.cards if kind == "checkout" else ()
        began = time.perf_counter()
        fates = await self.crowd.rush(self.store, kind, target, takers=takers, cards=cards)
        self.tally.count(kind, fates, time.perf_counter() - began, takers=takers)
        self.tally.most_bytes = max(
            self.tally.most_bytes, sum(resident_bytes(each.pid) for each in self.crowd.processes)
        )
        return takers

    async def prove(self) -> None:
        """Count everything over: what is out and what is left of each limit, and every balance."""
        async for proof in LookAtBudgets(self.store, now).prove():
            self.tally.leaks += 0 if proof.is_whole and proof.remaining == 0 else 1
        database = self.store.database
        self.tally.leaks += await database["vouchers"].count_documents({"left": {"$ne": 0}})
        self.tally.leaks += await database["coupons"].count_documents({"taken": {"$ne": CAP}})
        under_way = [TakeState.TRYING.value, TakeState.HELD.value]
        self.tally.leaks += await database["takes"].count_documents({"state": {"$in": under_way}})
        verdict = await VerifyLedger(self.store, SettableClock(now() + timedelta(minutes=5)))()
        self.tally.leaks += verdict.fault is not None


OPENERS: dict[str, Callable[[LedgerHouse, int, int], Awaitable[Target]]] = {
    "budget": open_budget,
    "voucher": open_code,
    "coupon": open_coupon,
    "points": open_points,
    "checkout": open_offer,
}


async def soak(attempts: int) -> Tally:
    with tempfile.TemporaryDirectory() as folder:
        async with open_store(Settings(data_folder=Path(folder))) as opened:
            assert opened.mongo is not None
            house = await open_ledger_house(opened.store, SettableClock(now()))
            house.clock.set_to(now())
            async with Crowd(opened.mongo.uri) as crowd:
                cards = [(await house.enrol(number)).card.id for number in range(CARDS)]
                work = Soak(opened=opened, crowd=crowd, house=house, cards=cards, tally=Tally())
                with bar() as progress:
                    task = progress.add_task("attempts", total=attempts)
                    done = number = 0
                    while done < attempts:
                        done += await work.round(number)
                        number += 1
                        progress.update(task, completed=done)
                await work.prove()
            report(work, opened.mongo.pid)
            return work.tally


def bar() -> Progress:
    return Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())


def report(work: Soak, mongod: int | None) -> None:
    tally = work.tally
    attempts, seconds = sum(tally.attempts.values()), sum(tally.seconds.values()) / 1_000
    refused = attempts - tally.fates["took"] - tally.fates[Busy.code]
    print("| what is limited | attempts | attempts per second |")
    print("|---|---|---|")
    for kind, count in tally.attempts.items():
        print(f"| {kind} | {count:,} | {count / (tally.seconds[kind] / 1_000):,.0f} |")
    print(f"| all, {PROCESSES} processes | {attempts:,} | {attempts / seconds:,.0f} |")
    memory = (
        f"{tally.most_bytes / 2**20:.0f} MiB in {PROCESSES} processes, {resident_bytes(mongod) / 2**20:.0f} MiB mongod"
    )
    print(f"taken {tally.fates['took']:,}, refused {refused:,}, out of patience {tally.fates[Busy.code]:,}")
    print(f"leaks {tally.leaks}; {memory}")


def resident_bytes(pid: int | None) -> int:
    status = Path(f"/proc/{pid}/status")
    if pid is None or not status.exists():
        return 0
    (line,) = [line for line in status.read_text(encoding="utf-8").splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1]) * 1_024


def main() -> int:
    attempts = int(sys.argv[1]) if len(sys.argv) > 1 else ATTEMPTS
    return 1 if asyncio.run(soak(attempts)).leaks else 0


if __name__ == "__main__":
    sys.exit(main())
