"""What the bot says of points that moved without a purchase, in both languages."""

from typing import Any

import pytest

from bot.notices import notice
from offers.model.events import BalanceReason
from offers.model.programme import Language, Terms
from tests.unit.ledger_walks import programme

PROGRAMME = programme(Terms())


def told(kind: str, facts: dict[str, Any], language: Language) -> str:
    text = notice(kind, facts, PROGRAMME, language)
    assert text is not None
    return text.replace("\N{NO-BREAK SPACE}", " ")


def changed(reason: BalanceReason, points: int, *, currency: str = "points") -> dict[str, Any]:
    return {"currency": currency, "reason": str(reason), "points": points, "balance": 145}


def test_a_reminder_names_the_last_day() -> None:
    facts = {"points": 41, "last_day": "2026-04-03", "balance": 145}

    assert told("PointsExpiring", facts, Language.RU) == (
        "⏳ 41 балл можно потратить до 3 апреля включительно, потом они сгорят."
    )
    assert told("PointsExpiring", facts, Language.EN) == (
        "⏳ 41 points can be spent until 3 April inclusive, then they run out."
    )


@pytest.mark.parametrize(
    ("reason", "points", "russian"),
    [
        (BalanceReason.ACTIVATED, 5, "5 баллов теперь можно тратить."),
        (BalanceReason.TRANSFERRED, 5, "+5 баллов: вам передал другой участник."),
        (BalanceReason.TRANSFERRED, -5, "−5 баллов: вы передали другому участнику."),
        (BalanceReason.ADJUSTED, 2, "+2 балла от программы."),
        (BalanceReason.ADJUSTED, -2, "−2 балла: исправление от программы."),
    ],
)
def test_points_that_moved_are_told_of_with_the_balance(reason: BalanceReason, points: int, russian: str) -> None:
    assert told("BalanceChanged", changed(reason, points), Language.RU) == f"{russian}\nБаланс: 145 баллов."


def test_prepaid_money_is_told_of_as_money() -> None:
    facts = changed(BalanceReason.TOPPED_UP, 50_000, currency="RUB")

    assert told("BalanceChanged", facts, Language.RU) == "Предоплата: +500 ₽. Осталось: 1,45 ₽."


def test_nothing_is_said_of_what_nobody_is_disturbed_for() -> None:
    assert notice("BalanceChanged", changed(BalanceReason.EXPIRED, -5), PROGRAMME, Language.EN) is None
