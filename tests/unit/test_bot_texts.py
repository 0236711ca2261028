"""The words of the bot: plurals, signs and dates in both languages, and no text left untranslated."""

import ast
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot import about, notices, texts
from bot.notices import notice
from locales.catalogue import gettext, translations
from offers.model.ids import ProgrammeId
from offers.model.programme import DiscountLevel, Language, LocalText, Programme, Terms

BOT = Path(texts.__file__).parent
GOLD = DiscountLevel(name=LocalText(ru="Золото", en="Gold"), spend_threshold_minor=1_000, discount_bp=750)
PROGRAMME = Programme(
    id=ProgrammeId("p1"),
    slug="coffee",
    name=LocalText(ru="Кофейня", en="Coffee house"),
    currency="RUB",
    zone="Europe/Moscow",
    terms=Terms(levels=(GOLD,)),
)
SETTLED = {
    "paid_minor": 50_000,
    "points_accrued": 25,
    "points_redeemed": 0,
    "balance": 145,
    "discount_bp": 0,
    "discount_bp_before": 0,
}
NOON = datetime(2026, 3, 14, 9, 5, tzinfo=UTC)


def plain(text: str | None) -> str:
    assert text is not None
    return text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("number", "russian", "english"),
    [
        (0, "0 баллов", "0 points"),
        (1, "1 балл", "1 point"),
        (2, "2 балла", "2 points"),
        (5, "5 баллов", "5 points"),
        (11, "11 баллов", "11 points"),
        (21, "21 балл", "21 points"),
        (112, "112 баллов", "112 points"),
        (1_234, "1 234 балла", "1,234 points"),
        (-3, "−3 балла", "−3 points"),
    ],
)
def test_points_agree_with_their_number(number: int, russian: str, english: str) -> None:
    assert plain(texts.points("ru", number)) == russian
    assert plain(texts.points("en", number)) == english


@pytest.mark.parametrize(
    ("change", "russian"),
    [
        ({}, "+25 баллов за покупку на 500 ₽.\nБаланс: 145 баллов."),
        ({"points_redeemed": 2}, "+25 баллов и −2 балла за покупку на 500 ₽.\nБаланс: 145 баллов."),
        ({"points_accrued": 0, "points_redeemed": 1}, "−1 балл за покупку на 500 ₽.\nБаланс: 145 баллов."),
        ({"points_accrued": 0}, "Спасибо за покупку на 500 ₽.\nБаланс: 145 баллов."),
        (
            {"discount_bp": 750},
            (
                "+25 баллов за покупку на 500 ₽.\nБаланс: 145 баллов.\n"
                "🎉 Новый уровень: Золото! Теперь ваша скидка – 7,5 %."
            ),
        ),
        (
            {"discount_bp": 400},
            "+25 баллов за покупку на 500 ₽.\nБаланс: 145 баллов.\n🎉 Теперь ваша скидка – 4 %!",
        ),
    ],
)
def test_a_purchase_is_told_by_what_it_did(change: dict[str, int], russian: str) -> None:
    assert plain(notice(notices.SETTLED, SETTLED | change, PROGRAMME, Language.RU)) == russian


def test_a_void_is_told_by_what_it_undid() -> None:
    facts = {"points_returned": 0, "points_taken_back": 1, "balance": -4}

    told = notice(notices.VOIDED, facts, PROGRAMME, Language.EN)

    assert told == "A purchase was cancelled.\nTaken back: 1 point.\nBalance: −4 points."


def test_of_other_kinds_the_bot_says_nothing() -> None:
    assert notice("SomethingElse", {}, PROGRAMME, Language.RU) is None


def test_a_date_has_its_year_only_when_it_is_another() -> None:
    assert texts.day(Language.RU, NOON, zone="Europe/Moscow", at=NOON) == "14 марта, 12:05"
    assert texts.day(Language.EN, NOON.replace(year=2025), zone="Europe/Moscow", at=NOON) == "14 March 2025, 12:05"


def test_the_new_year_begins_in_the_programmes_zone() -> None:
    eve = datetime(2025, 12, 31, 22, 0, tzinfo=UTC)

    assert texts.day(Language.EN, eve, zone="Europe/Moscow", at=NOON) == "1 January, 01:00"
    assert texts.day(Language.EN, eve, zone="Europe/London", at=NOON) == "31 December 2025, 22:00"


def spoken() -> set[str]:
    """Every text the bot's code may ask the catalogue for: each string that reads like a sentence."""
    found = set()
    for path in BOT.rglob("*.py"):
        tree = ast.parse(path.read_text())
        for call in ast.walk(tree):
            if (
                isinstance(call, ast.Call)
                and isinstance(call.func, ast.Name)
                and call.func.id in {"gettext", "ngettext"}
            ):
                found |= {
                    part.value
                    for argument in call.args[1:2]  # of a plural, the singular names it
                    for part in ast.walk(argument)
                    if isinstance(part, ast.Constant) and isinstance(part.value, str)
                }
    return found


def test_every_text_of_the_bot_has_its_russian() -> None:
    named = [description for _, description in about.COMMANDS if re.search("[a-z]{3}", description)]
    untranslated = [
        text
        for text in (*spoken(), *named)
        if text != "Русский · English"
        and not re.search("[а-я]", translations("ru").gettext(text))
        and not re.search("[а-я]", translations("ru").ngettext(text, text + "s", 5))
    ]

    assert untranslated == []
    assert len(spoken()) > 25


def test_the_introductions_fit_telegrams_limits() -> None:
    for language in ("ru", "en"):
        assert all(1 <= len(gettext(language, text)) <= 256 for _, text in about.COMMANDS)
