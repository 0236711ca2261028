"""An import that is killed, cut off or run beside tills and its twin ends as if nothing had happened."""

import asyncio
import os
import signal
import sys
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from offers.flows.open_programme import Opened
from offers.flows.settle_purchase import SettlePurchase
from offers.flows.void_purchase import VoidPurchase
from offers.model.history import PurchaseFate
from offers.model.programme import Till
from offers.model.purchase import Line, Purchase
from offers.store.store import Store
from service.importing.run import ImportFile, Wishes
from service.importing.watch import Nobody
from service.now import chance
from tests.clock import SettableClock
from tests.import_files import RETAIL, open_shop, real_file, shop_file
from tests.store.imported import assert_counters_are_exact, receipts_of

PROJECT = Path(__file__).resolve().parents[2]
HEADER = "member,at,order_ref,sku,category,quantity,price"


@pytest.fixture
async def shop(store: Store, clock: SettableClock) -> Opened:
    return await open_shop(store, clock)


@pytest.fixture
def importing(store: Store, clock: SettableClock, shop: Opened) -> ImportFile:
    assert shop.programme.slug == "shop"
    return ImportFile(store, clock, chance)


async def test_an_import_goes_on_after_it_was_interrupted_anywhere(
    store: Store, clock: SettableClock, importing: ImportFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Interruption(Exception):
        pass

    class Interrupter(Nobody):
        def __init__(self, steps: int) -> None:
            self.steps = steps

        def reach(self, done: int) -> None:
            self.steps -= 1
            if self.steps == 0:
                raise Interruption(done)

    monkeypatch.setattr("service.importing.orders.PURCHASES_AT_ONCE", 20)
    monkeypatch.setattr("offers.flows.recount_members.MEMBERS_AT_ONCE", 10)
    path = shop_file(tmp_path, orders=100, members=30)
    for steps in (1, 3, 6, 8):
        with pytest.raises(Interruption):
            await ImportFile(store, clock, chance, Interrupter(steps)).transactions(path, Wishes(enrol=True))
    assert 0 < len(await receipts_of(store)) <= 100

    await importing.transactions(path, Wishes(enrol=True))

    assert len(await receipts_of(store)) == 100
    assert await store.database["cards"].count_documents({}) == 30
    assert await assert_counters_are_exact(store) == 30


async def test_an_import_killed_in_the_middle_goes_on_when_run_again(
    store: Store, mongo_uri: str, importing: ImportFile, tmp_path: Path
) -> None:
    path = shop_file(tmp_path, orders=6_000, members=40)
    environment = {**os.environ, "TESSERA_MONGO__URI": mongo_uri, "TESSERA_MONGO__DATABASE": store.database.name}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "service.cli", "import", "transactions", str(path), "--enrol"),
        cwd=PROJECT,
        env=environment,
        stdout=asyncio.subprocess.DEVNULL,
    )
    async with asyncio.timeout(60):
        while await store.database["receipts"].count_documents({}) < 500:
            await asyncio.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    assert await process.wait() == -signal.SIGKILL
    half = await store.database["receipts"].count_documents({})

    summary = await importing.transactions(path, Wishes(enrol=True))

    assert 500 <= half < 6_000, "killed too late to prove anything"
    assert summary.purchases == {PurchaseFate.ALREADY_THERE: half, PurchaseFate.ADDED: 6_000 - half}
    assert summary.recounted == 40
    assert await assert_counters_are_exact(store) == 40


async def test_counters_stay_exact_though_a_till_settles_and_voids_meanwhile(
    store: Store, shop: Opened, clock: SettableClock, importing: ImportFile, tmp_path: Path
) -> None:
    await importing.transactions(shop_file(tmp_path, orders=40, members=2), Wishes(enrol=True))
    till = Till(programme=shop.programme, outlet=shop.outlet, key_id=shop.till_key.key.id)
    settle, void = SettlePurchase(store, clock, chance), VoidPurchase(store, clock)
    cards = [document["_id"] async for document in store.database["cards"].find()]

    async def shop_on() -> None:
        for number in range(12):
            purchase = Purchase(
                card_id=cards[number % 2],
                order_ref=f"T{number}",
                business_day="2026-03-11",
                lines=(Line(sku="t", category="till", quantity=Decimal(1), unit_price_minor=10_000),),
                currency="RUB",
                points_to_redeem=0,
                at=clock(),
                body_digest=str(number),
            )
            receipt = await settle(till, purchase)
            if number % 4 == 0:
                await void(till, receipt.id)

    more = tmp_path / "more"
    more.mkdir()
    path = shop_file(more, orders=400, members=2)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(shop_on())
        tasks.create_task(importing.transactions(path, Wishes(enrol=True)))

    assert len(await receipts_of(store)) == 412
    await assert_counters_are_exact(store)


async def test_two_imports_of_one_file_at_once_keep_it_once(
    store: Store, importing: ImportFile, tmp_path: Path
) -> None:
    path = shop_file(tmp_path, orders=120)
    twin = replace(importing)

    async with asyncio.TaskGroup() as tasks:
        runs = [
            tasks.create_task(run.transactions(path, Wishes(enrol=True, rejected=tmp_path / f"{n}.csv")))
            for n, run in enumerate((importing, twin))
        ]

    purchases = sum((run.result().purchases for run in runs), Counter())
    assert purchases == {PurchaseFate.ADDED: 120, PurchaseFate.ALREADY_THERE: 120}
    assert len(await receipts_of(store)) == 120
    assert await assert_counters_are_exact(store) == 7


@pytest.mark.timeout(600)
async def test_the_real_history_is_imported_exactly_within_a_gibibyte(
    store: Store, shop: Opened, mongo_uri: str, tmp_path: Path
) -> None:
    path = real_file(RETAIL)
    program = (
        "import re; from pathlib import Path; from service.cli.imports import app\n"
        "try: app()\n"
        "finally: print('PEAK_KIB', re.search(r'VmHWM:\\s+(\\d+)', Path('/proc/self/status').read_text())[1])"
    )  # not ru_maxrss: that begins at the memory of the process that started this one
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", program, "transactions", str(path), "--enrol", "--zone", "Europe/London"),
        *("--rejected", str(tmp_path / "rejected.csv")),
        cwd=PROJECT,
        env={
            **os.environ,
            "TESSERA_MONGO__URI": mongo_uri,
            "TESSERA_MONGO__DATABASE": store.database.name,
            "LANG": "C",
        },
        stdout=asyncio.subprocess.PIPE,
    )
    output = (await process.communicate())[0].decode()

    assert process.returncode == 0, output
    assert int(output.split("PEAK_KIB")[1]) < 1024 * 1024
    real = pl.read_parquet(path).with_columns((pl.col("price") * 1000).round().cast(pl.Int64) * pl.col("qty"))
    minor = (real.get_column("price") + 5) // 10
    total = await store.database["receipts"].aggregate([{"$group": {"_id": None, "sum": {"$sum": "$total_minor"}}}])
    assert [found["sum"] async for found in total] == [minor.sum()]
    assert await store.database["receipts"].count_documents({}) == real.get_column("invoice").n_unique()
    spend = await store.database["members"].aggregate(
        [{"$group": {"_id": None, "n": {"$sum": "$counters.spend_minor"}}}]
    )
    assert [found["n"] async for found in spend] == [minor.sum()]
    assert await store.database["members"].count_documents({}) == real.get_column("customer_id").n_unique()
    assert "18  zero_amount" in output
    assert shop.programme.slug == "shop"
