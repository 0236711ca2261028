"""The sentences that tell a cashier and a member why a receipt came out so."""

import re

import pytest

from locales.catalogue import LANGUAGES
from offers.model.purchase import ExplainCode, Explanation
from web.explain import explain

FACTS: dict[str, int | str] = {
    "level_ru": "Золото",
    "level_en": "Gold",
    "discount_bp": 750,
    "discount_minor": 12_350,
    "missing_minor": 1_000_000,
    "points": 2,
    "redeemed_minor": 200,
    "redeemable": 2,
    "accrual_bp": 500,
}


def said(language: str, code: ExplainCode, **facts: int | str) -> str:
    text = explain(language, Explanation(code=code, applied=True, facts={**FACTS, **facts}), "RUB")
    return text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize("code", ExplainCode)
def test_every_code_is_said_in_both_languages_with_nothing_left_open(code: ExplainCode) -> None:
    sentences = {language: said(language, code) for language in LANGUAGES}

    assert not any(re.search(r"[{}]", sentence) for sentence in sentences.values())
    assert re.search("[а-я]", sentences["ru"])
    assert not re.search("[а-я]", sentences["en"])


@pytest.mark.parametrize(
    ("points", "russian", "english"),
    [
        (1, "Начислен 1 балл: 5 % от оплаты", "1 point added: 5% of what was paid"),
        (3, "Начислено 3 балла: 5 % от оплаты", "3 points added: 5% of what was paid"),
        (11, "Начислено 11 баллов: 5 % от оплаты", "11 points added: 5% of what was paid"),
        (121, "Начислен 121 балл: 5 % от оплаты", "121 points added: 5% of what was paid"),
        (1_204, "Начислено 1 204 балла: 5 % от оплаты", "1,204 points added: 5% of what was paid"),
    ],
)
def test_points_are_counted_as_each_language_counts(points: int, russian: str, english: str) -> None:
    assert said("ru", ExplainCode.POINTS_ACCRUED, points=points) == russian
    assert said("en", ExplainCode.POINTS_ACCRUED, points=points) == english


def test_money_is_written_in_the_receipts_currency() -> None:
    assert said("ru", ExplainCode.LEVEL_APPLIED) == "Уровень «Золото»: скидка 7,5 %, к оплате на 123,50 ₽ меньше"
    assert said("en", ExplainCode.LEVEL_APPLIED) == "Level “Gold”: 7.5% off, RUB 123.50 less to pay"


def test_nothing_to_spend_differs_from_nothing_spent() -> None:
    assert said("en", ExplainCode.POINTS_NOT_ASKED, redeemable=0) == "There were no points to spend on this purchase"
    assert said("en", ExplainCode.POINTS_NOT_ASKED, redeemable=5).startswith("No points were spent; up to 5")


def test_a_programme_without_points_does_not_speak_of_a_small_purchase() -> None:
    assert said("en", ExplainCode.NOTHING_TO_ACCRUE, accrual_bp=0) == "The programme gives no points for purchases"
    assert "less than one point" in said("en", ExplainCode.NOTHING_TO_ACCRUE)
