"""`tessera` at a terminal: what a café and an operator type, what it answers in both languages, how it refuses."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from pymongo.asynchronous.database import AsyncDatabase

from offers.flows.know_key import KnowKey
from offers.store.store import Store
from service.cli.main import app
from tests.journeys.terminal import Terminal

KEY = re.compile(r"tsk_[0-9a-z]{32}")
OPEN = ("programme", "open", "--slug", "coffee", "--name-ru", "Кофейня", "--name-en", "Coffee house")
LEVELS = ("--level", "20000:7.5:Золото:Gold", "--level", "5000:3:Серебро:Silver")


@pytest.fixture
def terminal(
    tmp_path: Path,
    mongo_uri: str,
    database: AsyncDatabase[dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Terminal:
    settings = {
        "TESSERA_MONGO__URI": mongo_uri,
        "TESSERA_MONGO__DATABASE": database.name,
        "TESSERA_WEB__PUBLIC_URL": "https://coffee.example",
    }
    return Terminal(folder=tmp_path, settings=settings, monkeypatch=monkeypatch, capsys=capsys)


async def test_a_programme_is_opened_listed_and_given_another_key(terminal: Terminal, store: Store) -> None:
    code, said = await terminal.say("programme", "list")
    assert (code, said.partition(".")[0]) == (0, "No programme yet")

    code, said = await terminal.say(*OPEN, *LEVELS, "--accrual", "7.5")

    assert code == 0
    assert "“Coffee house” is open. Join page: https://coffee.example/join/coffee" in said
    assert "Till page: https://coffee.example/till" in said
    first = KEY.search(said)
    code, listed = await terminal.say("programme", "list")
    assert all(word in listed for word in ("Slug", "Outlets", "coffee", "Coffee house", "RUB", "main")), listed
    code, said = await terminal.say("programme", "key", "--slug", "coffee", "--name", "second till")
    second = KEY.search(said)
    assert first is not None
    assert second is not None
    holders = [await KnowKey(store)(found[0]) for found in (first, second)]
    assert [holder.key.name for holder in holders] == ["Coffee house", "second till"]
    terms = holders[0].programme.terms
    levels = [(level.name.ru, level.spend_threshold_minor, level.discount_bp) for level in terms.levels]
    assert (terms.accrual_bp, levels) == (750, [("Серебро", 500_000, 300), ("Золото", 2_000_000, 750)])


async def test_the_same_is_said_in_russian(terminal: Terminal) -> None:
    _, empty = await terminal.say("programme", "list", language="ru")
    _, opened = await terminal.say(*OPEN, language="ru")
    _, listed = await terminal.say("programme", "list", language="ru")
    _, key = await terminal.say("programme", "key", "--slug", "coffee", language="ru")

    assert empty.startswith("Программ пока нет. Открыть первую: tessera programme open")
    assert opened.startswith("Программа «Кофейня» открыта. Страница вступления: https://coffee.example/join/coffee")
    assert "Ключ показан один раз" in opened
    assert all(word in listed for word in ("Имя в адресах", "Точки продаж", "Кофейня")), listed
    assert key.startswith("Ключ кассы: tsk_")


@pytest.mark.parametrize(
    ("words", "english", "russian"),
    [
        (OPEN, "tessera: The name coffee is taken already.", "tessera: Имя coffee уже занято."),
        (("programme", "key", "--slug", "tea"), "No programme is called tea.", "Программы с именем tea нет."),
        (
            ("programme", "key", "--slug", "coffee", "--outlet", "roof"),
            "--outlet: the outlets of coffee are: main",
            "--outlet: у программы coffee есть точки продаж: main",
        ),
        ((*OPEN, "--slug", "Big Café"), "--slug: up to 40 small Latin letters", "--slug: до 40 строчных латинских"),
        ((*OPEN, "--name-en", " "), "--name-en: a name has 1 to 60 characters", "--name-en: в названии от 1 до 60"),
        ((*OPEN, "--currency", "XYZ"), "XYZ is no currency of ISO 4217", "XYZ — не код валюты ISO 4217"),
        ((*OPEN, "--zone", "Mars/Olympus"), "Mars/Olympus is no time zone", "Mars/Olympus — не часовой пояс"),
        ((*OPEN, "--level", "a:b"), "“a:b” is not SPEND:PERCENT", "«a:b» — не СУММА:ПРОЦЕНТ"),
        ((*OPEN, "--level", "5:nan:А:A"), "“5:nan:А:A” is not SPEND", "«5:nan:А:A» — не СУММА"),
        ((*OPEN, "--level", "5:100:А:A"), "the percent between 0 and 100", "процент — между 0 и 100"),
        (
            (*OPEN, *LEVELS, "--level", "30000:7:А:A"),
            "a higher spend has to give a higher discount",
            "большая сумма покупок должна давать большую скидку",
        ),
    ],
)
async def test_what_cannot_be_is_refused_in_both_languages(
    terminal: Terminal, words: tuple[str, ...], english: str, russian: str
) -> None:
    await terminal.say(*OPEN)

    code, said = await terminal.say(*words)
    assert code == 2
    assert english in said

    code, said = await terminal.say(*words, language="ru")
    assert code == 2
    assert russian in said
    _, listed = await terminal.say("programme", "list")
    assert listed.count("main") == 1


def commands(group: typer.Typer, *names: str) -> Iterator[tuple[str, ...]]:
    for command in group.registered_commands:
        assert command.callback is not None
        yield (*names, command.name or command.callback.__name__)
    for part in group.registered_groups:
        assert part.name
        assert part.typer_instance is not None
        yield (*names, part.name)
        yield from commands(part.typer_instance, *names, part.name)


async def test_every_command_explains_itself(terminal: Terminal) -> None:
    found = {" ".join(names) for names in commands(app)}
    assert found >= {"demo", "run", "web", "worker", "bot", "certs dev", "certs check", "import members"}
    assert found >= {"programme open", "programme list", "programme key", "import transactions"}

    for names in ((), *commands(app)):
        code, said = await terminal.say(*names, "--help")
        assert code == 0, names
        assert f"Usage: {' '.join(('tessera', *names))} " in said
        assert len(said) > 100, names


async def test_a_command_that_is_none_is_refused(terminal: Terminal) -> None:
    code, said = await terminal.say("brew")

    assert code == 2
    assert "No such command 'brew'" in said


MEMBERS = """external_id,phone,language,birthday,consent_personal_data
A-1,+7 916 123-45-67,ru,1990-03-14,yes
A-2,8 (916) 123-45-68,en,,no
,,ru,,yes
A-4,12,ru,,yes
"""


async def test_members_are_imported_once_and_bad_rows_are_listed(terminal: Terminal, store: Store) -> None:
    await terminal.say(*OPEN)
    path = terminal.folder / "members.csv"
    path.write_text(MEMBERS, encoding="utf-8")

    code, said = await terminal.say("import", "members", str(path))
    again, said_again = await terminal.say("import", "members", str(path), language="ru")

    assert (code, again) == (0, 0)
    assert "2 members enrolled" in said
    assert "2 rows rejected, listed in" in said
    assert "0 участников" in said_again
    assert "2 участника уже были" in said_again
    rejected = next(terminal.folder.glob("members*rejected.csv")).read_text(encoding="utf-8").splitlines()
    assert [line.split(",")[0] for line in rejected[1:]] == ["4", "5"], rejected
    programme = await store.reading.programmes.by_slug("coffee")
    assert programme is not None
    member = await store.reading.members.by_external(programme.id, "A-1")
    assert member is not None
    assert member.phone == "+79161234567"
    assert await store.reading.cards.of_member(member.id) is not None


@pytest.mark.parametrize(
    ("content", "english", "russian"),
    [
        ("", "is empty", "файл пуст"),
        ("name,colour\na,b\n", "No column was recognised as", "Не найден столбец для поля"),
    ],
)
async def test_a_file_that_holds_no_members_is_refused(
    terminal: Terminal, content: str, english: str, russian: str
) -> None:
    await terminal.say(*OPEN)
    path = terminal.folder / "members.csv"
    path.write_text(content, encoding="utf-8")

    in_english = await terminal.say("import", "members", str(path))
    in_russian = await terminal.say("import", "members", str(path), language="ru")

    assert (in_english[0], in_russian[0]) == (2, 2)
    assert english in in_english[1]
    assert russian in in_russian[1]


@pytest.mark.parametrize(
    ("wrong", "english", "russian"),
    [
        ({"TESSERA_WEB__PORT": "http"}, "TESSERA_WEB__PORT: has to be a whole number.", "должно быть целое число."),
        ({"TESSERA_WEB__PORT": "70000"}, "TESSERA_WEB__PORT: may be 65535 at most.", "не больше 65535."),
        ({"TESSERA_WEB__POTR": "80"}, "TESSERA_WEB__POTR: there is no such setting.", "такой настройки нет."),
        ({"TESSERA_SECRET": "short"}, "TESSERA_SECRET: needs at least 16 characters.", "не меньше 16."),
        ({"TESSERA_WEB": "{port"}, "The settings cannot be read:", "Настройки не прочитать:"),
        ({"TESSERA_MONGO__URI": "http://mongo"}, "is not an address of MongoDB", "не адрес MongoDB"),
    ],
)
async def test_a_wrong_setting_is_named(terminal: Terminal, wrong: dict[str, str], english: str, russian: str) -> None:
    in_english = await terminal.say("programme", "list", settings=wrong)
    in_russian = await terminal.say("programme", "list", settings=wrong, language="ru")

    assert (in_english[0], in_russian[0]) == (2, 2)
    assert english in in_english[1]
    assert russian in in_russian[1]
