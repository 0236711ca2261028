"""`tessera personal` at a terminal: a template from the offers file, rehearsed, issued and taken back."""

import re
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from pymongo.asynchronous.database import AsyncDatabase

from offers.store.store import Store
from tests.clock import SettableClock
from tests.journeys.terminal import Terminal
from tests.journeys.test_offers_cli import OPEN, written
from tests.ledger_house import NOON
from tests.personal_house import PersonalHouse

TEMPLATE = """\
personal_offers:
  - code: win-back
    title: {ru: Возвращайтесь, en: Come back}
    when:
      - score: {score: buys_again, at_most: 5000}
    benefit: {percent: {rates_bp: [500, 1000]}}
    budget_minor: 10000000
    guardrails: {margin_bp: 6000}
    holdout_bp: 5000
"""
MEMBERS = 40


@pytest.fixture
def terminal(
    tmp_path: Path,
    mongo_uri: str,
    database: AsyncDatabase[dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Terminal:
    settings = {"TESSERA_MONGO__URI": mongo_uri, "TESSERA_MONGO__DATABASE": database.name}
    return Terminal(folder=tmp_path, settings=settings, monkeypatch=monkeypatch, capsys=capsys)


async def test_a_template_is_rehearsed_issued_and_taken_back(terminal: Terminal, store: Store) -> None:
    await terminal.say(*OPEN)
    code, loaded = await terminal.say("offers", "load", "coffee", written(terminal, TEMPLATE), language="ru")
    assert (code, "персональные предложения" in loaded) == (0, True)
    programme = await store.reading.programmes.by_slug("coffee")
    assert programme is not None
    await PersonalHouse(store, SettableClock(NOON), programme).people(MEMBERS)

    _, listed = await terminal.say("personal", "templates")
    code, found = await terminal.say("personal", "dry-run", "win-back", language="ru")
    run = re.findall(r"personal issue (\w+)", found)[0]
    with terminal.monkeypatch.context() as now:
        now.setattr(sys, "stdin", StringIO("n\n"))
        refused = await terminal.say("personal", "issue", run)
    _, waiting = await terminal.say("personal", "runs")
    issued = await terminal.say("personal", "issue", run, "--yes")
    again = await terminal.say("personal", "issue", run, "--yes")
    undone = await terminal.say("personal", "undo", run, "--yes", language="ru")
    _, over = await terminal.say("personal", "runs", language="ru")

    assert listed.startswith("win-back v1 active")
    assert (code, f"не подходит {MEMBERS // 2} участникам" in found) == (0, True)
    assert "в контрольной группе" in found
    assert (refused[0], "Give" in refused[1]) == (1, True)
    assert "rehearsed" in waiting
    assert issued[0] == again[0] == undone[0] == 0
    (count,) = re.findall(r"(\d+) coupons? issued", issued[1])
    assert f"{count} coupon" in again[1]
    assert await store.database["coupons"].count_documents({"state": "revoked"}) == int(count) > 0
    assert "отозван" in undone[1]
    assert "отозван" in over


async def test_a_run_that_is_not_there_is_refused_with_a_word(terminal: Terminal) -> None:
    await terminal.say(*OPEN)

    code, said = await terminal.say("personal", "issue", "nothing", "--yes", language="ru")

    assert (code, said) == (2, "tessera: Запуска персональных предложений nothing нет.")
