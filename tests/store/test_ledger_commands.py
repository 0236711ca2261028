"""`tessera verify` and `tessera report liability` as an operator runs them: words, numbers and exit codes."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from tests.ledger_house import LedgerHouse

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
async def _bought(house: LedgerHouse) -> None:
    await house.buy(await house.enrol(1), points=1_234)


async def tessera(house: LedgerHouse, uri: str, *words: str, language: str = "C") -> tuple[int, str]:
    environment = {
        **os.environ,
        "TESSERA_MONGO__URI": uri,
        "TESSERA_MONGO__DATABASE": house.store.database.name,
        "LC_ALL": language,
        "COLUMNS": "220",
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "service.cli", *words),
        cwd=PROJECT,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, output.decode().replace("\N{NO-BREAK SPACE}", " ")


async def test_a_proven_ledger_ends_with_0(house: LedgerHouse, mongo_uri: str) -> None:
    code, told = await tessera(house, mongo_uri, "verify")

    assert code == 0, told
    assert "1 entries of 1 accounts, 1 receipts" in told
    assert "Every balance is proven." in told


async def test_a_balance_that_does_not_hold_ends_with_1_and_is_named(house: LedgerHouse, mongo_uri: str) -> None:
    account = await house.store.database["accounts"].find_one_and_update({}, {"$inc": {"balance": 5}})
    assert account is not None

    code, told = await tessera(house, mongo_uri, "verify", language="ru_RU.UTF-8")

    assert code == 1
    assert f"Не сходится: {account['member_id']} points, запись 1" in told
    assert "сумма записей 1234, а на счёте 1239" in told


async def test_the_report_adds_up_in_both_languages(house: LedgerHouse, mongo_uri: str) -> None:
    words = ("report", "liability", "--programme", "coffee", "--since", "2026-03-01")

    code, told = await tessera(house, mongo_uri, *words)
    russian_code, russian = await tessera(house, mongo_uri, *words, language="ru_RU.UTF-8")

    assert (code, russian_code) == (0, 0), told
    assert "It adds up to the unit." in told
    assert told.count("1,234") >= 4  # issued and closing, of the merchant and in all
    assert "2027-03" in told
    assert "Сходится до единицы." in russian
    assert "Кофейня" in russian


async def test_a_report_that_does_not_add_up_ends_with_1(house: LedgerHouse, mongo_uri: str) -> None:
    await house.store.database["accounts"].update_one({}, {"$inc": {"lots.0.remaining": 1}})

    code, told = await tessera(house, mongo_uri, "report", "liability", "--programme", "coffee")

    assert code == 1
    assert "It does NOT add up" in told


async def test_a_report_on_a_programme_that_is_not_there_ends_with_2(house: LedgerHouse, mongo_uri: str) -> None:
    code, told = await tessera(house, mongo_uri, "report", "liability", "--programme", "tea")

    assert code == 2
    assert "tea" in told
