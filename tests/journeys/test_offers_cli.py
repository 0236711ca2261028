"""`tessera offers` at a terminal: a file checked, loaded, shown and tested, in both languages."""

import json
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from pymongo.asynchronous.database import AsyncDatabase

from offers.flows.know_key import KnowKey
from offers.flows.look_at_offers import LookAtOffers
from offers.model.programme import Scope
from offers.model.rules import Rules
from offers.store.store import Store
from tests.journeys.terminal import Terminal

SAMPLE = Path(__file__).resolve().parents[2] / "sandbox" / "sample"
OPEN = ("programme", "open", "--slug", "coffee", "--name-ru", "Кофейня", "--name-en", "Coffee house")
OFFERS = """\
offers:
  - code: happy-hours
    title: {ru: Счастливые часы, en: Happy hours}
    lane: price
    when:
      - daypart: {windows: [{days: [wed], from: 10:00, to: 12:00}]}
    benefit: {percent: {bp: 2000}}
  - code: autumn
    title: {ru: Осень, en: Autumn}
    lane: accrual
    benefit: {extra_points: {points: 5}}
"""
CASES = """\
cases:
  - name: At eleven
    at: 2026-03-11T11:00
    lines: [{sku: latte, category: coffee, unit_price_minor: 20000}]
    expect: {discount_minor: 4000, offers: [happy-hours, autumn], points: 13}
  - name: At noon
    at: 2026-03-11T12:00
    lines: [{sku: latte, category: coffee, unit_price_minor: 20000}]
    expect: {discount_minor: 4000}
"""


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


def written(terminal: Terminal, text: str, name: str = "offers.yaml") -> str:
    (terminal.folder / name).write_text(text, "utf-8")
    return name


async def rules_of(store: Store) -> Rules:
    programme = await store.reading.programmes.by_slug("coffee")
    assert programme is not None
    return await LookAtOffers(store).rules(programme.id)


async def test_a_file_is_checked_and_every_fault_tells_its_line(terminal: Terminal) -> None:
    good = written(terminal, OFFERS)
    wrong = written(terminal, OFFERS.replace("bp: 2000", "bp: 0").replace("to: 12:00", "to: 25:00"), "wrong.yaml")
    lane = written(terminal, OFFERS.replace("accrual", "points"), "lane.yaml")
    as_json = written(terminal, '{"offers": [{}]}', "torn.json")

    assert await terminal.say("offers", "check", good) == (0, "2 offers, no fault")
    assert await terminal.say("offers", "check", good, language="ru") == (0, "2 акции, ошибок нет")
    code, said = await terminal.say("offers", "check", wrong)
    assert code == 1
    assert "wrong.yaml:7: /offers/0/benefit/percent/bp: at least 1 is needed" in said
    assert "wrong.yaml:6: /offers/0/when/0/daypart/windows/0/to: a time of day like" in said
    code, said = await terminal.say("offers", "check", lane, language="ru")
    assert (code, said) == (1, "lane.yaml:11: /offers/1/benefit: extra_points не бывает в полосе points")
    code, said = await terminal.say("offers", "check", as_json)
    assert (code, said.count("this has to stand here")) == (1, 4)


async def test_a_file_is_loaded_after_a_look_at_what_changes(terminal: Terminal, store: Store) -> None:
    await terminal.say(*OPEN)
    file = written(terminal, OFFERS)

    code, dry = await terminal.say("offers", "load", "coffee", file, "--dry-run")
    assert code == 0
    assert (await rules_of(store)).edition == 0
    code, first = await terminal.say("offers", "load", "coffee", file)
    assert (code, first) == (0, f"{dry} Loaded: edition 1.")
    assert await terminal.say("offers", "load", "coffee", file) == (0, "Nothing changes.")

    written(terminal, OFFERS.partition("  - code: autumn")[0].replace("2000", "2500"))
    with terminal.monkeypatch.context() as now:
        now.setattr(sys, "stdin", StringIO("n\n"))
        code, asked = await terminal.say("offers", "load", "coffee", file)
    assert code == 1
    assert "Archive 1 offer?" in asked
    assert (await rules_of(store)).edition == 1
    code, told = await terminal.say("offers", "load", "coffee", file, "--yes", language="ru")

    assert code == 0
    assert "~ happy-hours “Счастливые часы”" in told
    assert 'benefit: {"percent": {"bp": 2000}} → {"percent": {"bp": 2500}}' in told
    assert "- autumn “Осень”" in told
    assert "Загружено: редакция 2." in told
    rules = await rules_of(store)
    assert [(offer.code, offer.version, offer.state.value) for offer in rules.offers] == [
        ("happy-hours", 2, "active"), ("autumn", 2, "archived"),
    ]  # fmt: skip
    programme = await store.reading.programmes.by_slug("coffee")
    assert programme is not None
    lines = await store.reading.audit.last(programme.id)
    assert [(line.action, line.facts["archived"]) for line in lines] == [
        ("rulebook_changed", 1), ("rulebook_changed", 0),
    ]  # fmt: skip
    assert all(line.staff_id.startswith("cli") for line in lines)


async def test_what_the_programme_does_not_have_is_a_fault_at_its_line(terminal: Terminal) -> None:
    await terminal.say(*OPEN)
    file = written(terminal, OFFERS.replace("      - daypart", "      - outlet: [moon]\n      - daypart"))

    alone = await terminal.say("offers", "check", file)
    code, said = await terminal.say("offers", "check", file, "--programme", "coffee")
    loaded = await terminal.say("offers", "load", "coffee", file)
    unknown = await terminal.say("offers", "load", "tea", file)

    assert alone[0] == 0
    fault = "offers.yaml:6: /offers/0/when/0/outlet/0: the programme has no outlet called moon"
    assert (code, said) == (1, fault)
    assert loaded == (1, fault)
    assert (unknown[0], unknown[1]) == (2, "tessera: No programme is called tea.")


async def test_an_operators_key_is_issued_for_the_api_of_offers(terminal: Terminal, store: Store) -> None:
    await terminal.say(*OPEN)

    code, said = await terminal.say("programme", "key", "--slug", "coffee", "--operator", "--name", "office")

    assert (code, said.partition(" tsk_")[0]) == (0, "Operator key:")
    holder = await KnowKey(store)(said.removeprefix("Operator key: "))
    assert (holder.key.scope, holder.key.name, holder.outlet) == (Scope.OPERATOR, "office", None)


async def test_what_is_shown_loads_again_without_a_change(terminal: Terminal) -> None:
    await terminal.say(*OPEN)
    await terminal.say("offers", "load", "coffee", written(terminal, OFFERS))

    code, table = await terminal.say("offers", "show", "coffee", language="ru")
    _, as_json = await terminal.say("offers", "show", "coffee", "--json")

    assert code == 0
    assert all(word in table for word in ("Полоса", "happy-hours", "Счастливые часы", "active")), table
    again = written(terminal, as_json, "again.json")
    assert [offer["code"] for offer in json.loads(as_json)["offers"]] == ["happy-hours", "autumn"]
    assert await terminal.say("offers", "load", "coffee", again) == (0, "Nothing changes.")
    code, _ = await terminal.say("offers", "show", "coffee", "--yaml")
    assert code == 0


async def test_cases_tell_which_hold_and_explain_the_others(terminal: Terminal) -> None:
    file, cases = written(terminal, OFFERS), written(terminal, CASES, "cases.yaml")

    code, said = await terminal.say("offers", "test", file, cases)
    _, in_russian = await terminal.say("offers", "test", file, cases, language="ru")

    assert code == 1
    assert "✓ At eleven ✗ At noon discount_minor: 4000 expected, 0 found" in said
    assert "“Happy hours” was not used" in said
    assert said.endswith("1 case holds, 1 does not")
    assert "discount_minor: ожидалось 4000, вышло 0" in in_russian
    torn = written(terminal, CASES.replace("expect: {discount_minor: 4000}", "wish: 1"), "torn.yaml")
    code, said = await terminal.say("offers", "test", file, torn)
    assert (code, "torn.yaml:9: /cases/1/wish: nothing of that name belongs here" in said) == (1, True), said


@pytest.mark.parametrize("language", ["ru", "en"])
async def test_the_samples_offers_do_what_their_cases_say(terminal: Terminal, language: str) -> None:
    code, said = await terminal.say(
        "offers", "test", str(SAMPLE / "offers.yaml"), str(SAMPLE / "offers.cases.yaml"), language=language
    )

    assert (code, said.count("✓"), said.count("✗")) == (0, 11, 0), said
