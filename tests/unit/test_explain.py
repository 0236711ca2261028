"""The sentences that tell a cashier and a member why a receipt came out so."""

import re

import pytest
from hypothesis import given

from locales.catalogue import LANGUAGES
from offers.model.purchase import ExplainCode, Explanation
from tests.unit.decided import Made, decisions, several
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
    "title_ru": "Счастливые часы",
    "title_en": "Happy hours",
    "lane": "price",
    "saving_minor": 3_000,
    "wanted": 5_000,
    "limit": "floor",
    "mode": "best_for_customer",
    "winner_id": "p1.birthday",
    "winner_ru": "День рождения",
    "winner_en": "Birthday",
    "winner_saving_minor": 4_500,
    "winner_points": 9,
    "tag": "no_stack",
    "condition": "outlet",
    "negated": 0,
    "needs": "coupon",
    "kind": "voucher",
    "state": "expired",
    "reason": "paused",
    "scope": "member",
}
"""What every explanation may know, of a programme with a level and two offers."""


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


CONDITIONS: dict[str, dict[str, int | str]] = {
    "goods": {"categories": "coffee, tea", "quantity": "1.5", "needed_quantity": "2"},
    "amount": {"amount_minor": 90_000, "needed_minor": 100_000},
    "amount_above": {"amount_minor": 90_000, "at_most_minor": 50_000, "needed_minor": 0},
    "outlet": {},
    "daypart": {
        "local_time": "12:03",
        "local_day": "2026-03-08",
        "weekday": 6,
        "windows": "10:00–12:00",
        "exception": 0,
    },
    "segment": {"segments": "students"},
    "level": {"levels_ru": "Золото", "levels_en": "Gold"},
    "first_purchase": {},
    "nth_purchase": {"nth": 5, "number": 3, "missing": 2},
    "every_nth_purchase": {"nth": 5, "number": 3, "missing": 2},
    "stamps": {"needed": 6, "collected": 4, "missing": 2},
    "birthday": {"days_before": 0, "days_after": 7},
    "birthday_unknown": {"days_before": 0, "days_after": 7},
    "code": {},
    "channel": {"channels": "online"},
    "gift": {"skus": "eclair", "needed": 1, "units": 0},
    "units": {"categories": "coffee", "needed": 3, "units": 2},
    "bundle": {"parts": 2},
    "all_of": {},
    "any_of": {},
    "not": {},
}


def skipped(language: str, condition: str, **facts: int | str) -> str:
    return said(language, ExplainCode.OFFER_SKIPPED, condition=condition, **{**CONDITIONS[condition], **facts})


@pytest.mark.parametrize("negated", [0, 1])
@pytest.mark.parametrize("condition", CONDITIONS)
def test_every_condition_is_said_in_both_languages(condition: str, negated: int) -> None:
    russian, english = (skipped(language, condition, negated=negated, other_ways=2) for language in ("ru", "en"))

    assert re.fullmatch("«Счастливые часы» не применено: [^{}]+; не подошли и ещё 2 способа его получить", russian)
    assert english.startswith("“Happy hours” was not used: ")
    assert not re.search("[а-я{}]", english)


@pytest.mark.parametrize(
    ("condition", "facts", "russian", "english"),
    [
        (
            "daypart", {},
            "в точке было 12:03, а в этот день часы такие: 10:00–12:00",
            "it was 12:03 at the outlet, and that day its hours are: 10:00–12:00",
        ),
        ("daypart", {"windows": "", "exception": 1}, "8 марта оно не действует", "it does not run on 8 March"),
        ("amount", {}, "нужна покупка на 1 000 ₽, а эта на 900 ₽",
         "it takes a purchase of RUB 1,000, this one is RUB 900"),
        ("goods", {"quantity": "0"}, "нет товаров, для которых оно действует (coffee, tea)",
         "there are no goods it is for (coffee, tea)"),
        ("stamps", {}, "штампов собрано: 4 из 6", "stamps collected: 4 of 6"),
    ],
)  # fmt: skip
def test_the_reason_tells_what_was_missing(
    condition: str, facts: dict[str, int | str], russian: str, english: str
) -> None:
    assert skipped("ru", condition, **facts) == f"«Счастливые часы» не применено: {russian}"
    assert skipped("en", condition, **facts) == f"“Happy hours” was not used: {english}"


def test_who_lost_learns_by_how_much() -> None:
    assert (
        said("en", ExplainCode.OFFER_LOST) == "“Happy hours” was not used: “Birthday” saves more, RUB 45 against RUB 30"
    )
    assert (
        said("ru", ExplainCode.OFFER_LOST)
        == "«Счастливые часы» не применено: больше даёт «День рождения», 45 ₽ против 30 ₽"
    )
    assert said("en", ExplainCode.OFFER_LOST, winner_id="own").startswith(
        "“Happy hours” was not used: the discount agreed with the member saves more"
    )
    assert said("en", ExplainCode.OFFER_LOST, winner_saving_minor=3_000).endswith("“Birthday” saves the same")


@several
@given(decisions())
def test_whatever_was_decided_is_explained_in_both_languages(made: Made) -> None:
    for explanation in made[-1].explain:
        for language in LANGUAGES:
            sentence = explain(language, explanation, "RUB")
            assert sentence
            assert not re.search("[{}]", sentence)


def test_money_is_written_in_the_receipts_currency() -> None:
    assert said("ru", ExplainCode.LEVEL_APPLIED) == "Уровень «Золото»: скидка 7,5 %, к оплате на 123,50 ₽ меньше"
    assert said("en", ExplainCode.LEVEL_APPLIED) == "Level “Gold”: 7.5% off, RUB 123.50 less to pay"


def test_nothing_to_spend_differs_from_nothing_spent() -> None:
    assert said("en", ExplainCode.POINTS_NOT_ASKED, redeemable=0) == "There were no points to spend on this purchase"
    assert said("en", ExplainCode.POINTS_NOT_ASKED, redeemable=5).startswith("No points were spent; up to 5")


def test_a_programme_without_points_does_not_speak_of_a_small_purchase() -> None:
    assert said("en", ExplainCode.NOTHING_TO_ACCRUE, accrual_bp=0) == "The programme gives no points for purchases"
    assert "less than one point" in said("en", ExplainCode.NOTHING_TO_ACCRUE)
