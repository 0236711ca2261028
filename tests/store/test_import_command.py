"""`tessera import` as an operator runs it: a process, its words in both languages and its exit code."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from offers.store.store import Store
from tests.clock import SettableClock
from tests.import_files import open_shop, write

PROJECT = Path(__file__).resolve().parents[2]
ROWS = "member,at,order_ref,price\nc1,2026-03-01 10:00,A1,10\nc1,2026-03-01 10:00,A1,5\nc1,,A2,10\n"


@pytest.fixture(autouse=True)
async def _shop(store: Store, clock: SettableClock) -> None:
    await open_shop(store, clock)


async def tessera_import(store: Store, uri: str, *words: str, language: str = "C") -> tuple[int, str]:
    environment = {
        **os.environ,
        "TESSERA_MONGO__URI": uri,
        "TESSERA_MONGO__DATABASE": store.database.name,
        "LC_ALL": language,
        "COLUMNS": "200",
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "service.cli", "import", *words),
        cwd=PROJECT,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, output.decode()


async def test_rejected_rows_are_summed_up_and_do_not_fail_the_command(
    store: Store, mongo_uri: str, tmp_path: Path
) -> None:
    path = write(tmp_path, ROWS)

    code, told = await tessera_import(store, mongo_uri, "transactions", str(path), "--enrol")
    again_code, again = await tessera_import(
        store, mongo_uri, "transactions", str(path), "--enrol", language="ru_RU.UTF-8"
    )

    assert (code, again_code) == (0, 0)
    assert "1 purchase added (2 lines)" in told
    assert "1 member enrolled" in told
    assert f"1 row rejected, listed in {path}.rejected.csv" in told
    assert "1  at_missing: The row has no date." in told
    assert "1 покупка уже была (2 строки)" in again
    assert "В строке нет даты." in again
    assert "Recounting members" in told


@pytest.mark.parametrize(("language", "told"), [
    ("C", "Columns found: a, b. Name it: --map member=COLUMN"),
    ("ru_RU.UTF-8", "Столбцы файла: a, b. Укажите его: --map member=СТОЛБЕЦ"),
])  # fmt: skip
async def test_a_file_that_cannot_be_imported_ends_with_2_and_the_remedy(
    store: Store, mongo_uri: str, tmp_path: Path, language: str, told: str
) -> None:
    path = write(tmp_path, "a,b\n1,2\n")

    code, output = await tessera_import(store, mongo_uri, "transactions", str(path), language=language)

    assert code == 2
    assert told in output
    assert "Traceback" not in output


async def test_members_are_imported_with_constants_and_mapped_columns(
    store: Store, mongo_uri: str, tmp_path: Path
) -> None:
    path = write(tmp_path, "n;tel\n1;89120000001\n2;\n")

    code, told = await tessera_import(
        store, mongo_uri, "members", str(path),
        *("--map", "external_id=n", "--map", "phone=tel", "--constant", "source=old till"),
    )  # fmt: skip

    assert (code, "2 members enrolled" in told) == (0, True)
    kept = [each async for each in store.database["members"].find({}, {"_id": 0, "phone": 1, "source": 1})]
    assert kept == [{"phone": "+79120000001", "source": "old till"}, {"phone": None, "source": "old till"}]
