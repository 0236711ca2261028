"""`tessera codes` as an operator runs it: made into a file, gone on with, imported, exported."""

import asyncio
import os
import re
import sys
from pathlib import Path

import pytest

from offers.engine.voucher_codes import Reading, normalise, read
from offers.model.voucher import BatchId
from offers.store.store import Store
from tests.clock import SettableClock
from tests.ledger_house import open_ledger_house

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
async def _opened(store: Store, clock: SettableClock) -> None:
    await open_ledger_house(store, clock)


async def codes(store: Store, uri: str, *words: str, folder: Path, language: str = "C") -> tuple[int, str]:
    environment = {
        **os.environ,
        "PYTHONPATH": str(PROJECT),
        "TESSERA_MONGO__URI": uri,
        "TESSERA_MONGO__DATABASE": store.database.name,
        "LC_ALL": language,
        "COLUMNS": "220",
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "service.cli", "codes", *words),
        cwd=folder,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, output.decode().replace("\N{NO-BREAK SPACE}", " ")


async def test_codes_are_made_into_a_file_and_a_batch_is_gone_on_with(
    store: Store, mongo_uri: str, tmp_path: Path
) -> None:
    wish = ("generate", "--campaign", "spring", "--count", "250", "--uses", "3", "--until", "2026-12-31")
    code, told = await codes(store, mongo_uri, *wish, folder=tmp_path)
    assert code == 0, told
    number = re.search(r"Batch (\S+)", told)
    assert number is not None
    batch = await store.reading.vouchers.batch(BatchId(number[1]))
    assert batch is not None
    assert (batch.campaign, batch.offer_id, batch.asked, batch.made, batch.uses_per_code) == (
        *("spring", "spring"),
        *(250, 250, 3),
    )
    assert str(batch.valid_until) == "2026-12-31 21:00:00+00:00"  # the end of that day in Moscow
    made = (tmp_path / f"spring-{batch.id}.csv").read_text().splitlines()
    assert made[0] == "code"
    assert len(set(made)) == 251
    assert {read(normalise(each)) for each in made[1:]} == {Reading.WHOLE}

    await store.database["vouchers"].delete_one({"batch_id": batch.id})
    code, told = await codes(store, mongo_uri, *wish, "--batch", batch.id, folder=tmp_path, language="ru_RU.UTF-8")

    assert code == 0, told
    assert "1 код" in told
    assert await store.reading.vouchers.count_codes(batch.id) == 250


async def test_printed_codes_are_imported_once_and_exported_harmless(
    store: Store, mongo_uri: str, tmp_path: Path
) -> None:
    (tmp_path / "old.csv").write_text("name,promo\na,=SALE\nb,Чай-10\nc,чай-10\n", encoding="utf-8")

    code, told = await codes(
        store, mongo_uri, "import", "old.csv", "--campaign", "old", "--column", "promo", folder=tmp_path
    )

    assert code == 0, told
    assert "2 codes imported" in told
    assert "1 code was there already" in told
    _, listed = await codes(store, mongo_uri, "batches", folder=tmp_path)
    (batch,) = await store.reading.vouchers.batches((await store.reading.programmes.all())[0].id)
    assert batch.id in listed
    code, told = await codes(store, mongo_uri, "export", "--batch", batch.id, "--output", "out.csv", folder=tmp_path)
    assert code == 0, told
    lines = (tmp_path / "out.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "code"
    assert len(lines) == 3
    assert not any(line.startswith(("=", "+", "-", "@")) for line in lines)


async def test_a_batch_that_is_not_there_is_said_to_be_missing(store: Store, mongo_uri: str, tmp_path: Path) -> None:
    code, told = await codes(
        store, mongo_uri, "generate", "--campaign", "c", "--count", "1", "--batch", "none", folder=tmp_path
    )

    assert code == 2
    assert "No such batch" in told
