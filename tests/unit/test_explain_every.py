"""Every reason the engine can give is said in Russian and English: none in the other tongue, none as a key."""

import ast
import re
from collections.abc import Iterator

import pytest

from offers.model.facts import CodeState
from offers.model.offer import Lane, OfferState, Reach
from offers.model.purchase import ExplainCode, Explanation
from offers.model.rulebook import Mode
from tests.unit.texts_in_code import PROJECT
from web.explain import explain
from web.explain_conditions import TEXTS, reason
from web.explain_limits import TEXTS as LIMITS
from web.speaking import Speaker

ENGINE = sorted((PROJECT / "offers" / "engine").glob("*.py"))
FACTS: dict[str, int | str] = {
    "offer_id": "1.2",
    "title_ru": "Счастливые часы",
    "title_en": "Happy hours",
    "level_ru": "Золото",
    "level_en": "Gold",
    "levels_ru": "Золото",
    "levels_en": "Gold",
    "winner_id": "1.3",
    "winner_ru": "День рождения",
    "winner_en": "Birthday",
    "holder_id": "",
    "lane": "price",
    "mode": "best_for_customer",
    "limit": "cap",
    "discount_bp": 750,
    "accrual_bp": 500,
    "rate_of": "",
    "discount_minor": 100,
    "missing_minor": 100,
    "saving_minor": 100,
    "winner_saving_minor": 200,
    "redeemed_minor": 100,
    "points": 2,
    "winner_points": 3,
    "redeemable": 2,
    "wanted": 300,
    "tag": "7",
    "condition": "",
    "negated": 0,
    "needs": "coupon",
    "kind": "coupon",
    "state": "used",
    "reason": "paused",
    "scope": "campaign",
    "from": "2026-03-08T09:00:00+00:00",
    "until": "2026-03-08T09:00:00+00:00",
    "zone": "Europe/Moscow",
    "categories": "1, 2",
    "skus": "3",
    "quantity": "1",
    "needed_quantity": "2",
    "amount_minor": 100,
    "needed_minor": 200,
    "at_most_minor": 50,
    "local_time": "12:03",
    "local_day": "2026-03-08",
    "windows": "10:00–12:00",
    "nth": 5,
    "number": 3,
    "needed": 6,
    "collected": 4,
    "units": 2,
}
"""Everything any sentence asks for; what staff named is a number, so that every letter in a sentence is ours."""


def named_in_engine(constructor: str) -> set[str]:
    """Give every name that the engine's source hands over as the first argument of a constructor."""
    return {name for path in ENGINE for name in _first_arguments(ast.parse(path.read_text("utf-8")), constructor)}


def _first_arguments(tree: ast.Module, constructor: str) -> Iterator[str]:
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or call.func.id != constructor:
            continue
        named = [word.value for word in call.keywords if word.arg == "kind"]
        for part in ast.walk((call.args[:1] or named)[0]):
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                yield part.value


FAILURES = sorted(named_in_engine("Failure") | {"every_nth_purchase", "nth_purchase"})
KINDS = sorted(named_in_engine("Asked") | {"every_nth_purchase", "nth_purchase"})


def variants() -> list[tuple[ExplainCode, dict[str, int | str]]]:
    """Give every code with each of the values that a sentence tells apart."""
    told_apart: dict[ExplainCode, list[dict[str, int | str]]] = {
        ExplainCode.OFFER_APPLIED: [{"lane": lane.value} for lane in Lane],
        ExplainCode.OFFER_CAPPED: [
            {"lane": lane.value, "limit": limit, "saving_minor": saved, "points": saved}
            for lane in Lane
            for limit in LIMITS
            for saved in (0, 5)
        ],
        ExplainCode.LEVEL_CAPPED: [{"limit": limit} for limit in LIMITS],
        ExplainCode.OWN_DISCOUNT_CAPPED: [{"limit": limit} for limit in LIMITS],
        ExplainCode.OFFER_LOST: [
            {"mode": mode.value, "lane": lane.value, "winner_id": winner}
            for mode in Mode
            for lane in Lane
            for winner in ("1.3", "own")
        ],
        ExplainCode.OFFER_EXHAUSTED: [{"scope": scope} for scope in ("member", "outlet", "campaign")],
        ExplainCode.OFFER_NOT_ACTIVE: [
            {"reason": reason}
            for reason in ("not_yet", "ended", *(state.value for state in OfferState if state is not OfferState.ACTIVE))
        ],
        ExplainCode.OFFER_NEEDS_CODE: [{"needs": reach.value} for reach in Reach if reach.needs()],
        ExplainCode.OFFER_CODE_REFUSED: [
            {"kind": kind, "state": state.value}
            for kind in ("coupon", "voucher")
            for state in CodeState
            if state is not CodeState.USABLE
        ],
        ExplainCode.POINTS_ACCRUED: [{"rate_of": of} for of in ("", "own", "level")],
        ExplainCode.POINTS_NOT_ASKED: [{"redeemable": points} for points in (0, 1, 5)],
        ExplainCode.NOTHING_TO_ACCRUE: [{"accrual_bp": bp} for bp in (0, 500)],
        **{
            code: [{}, {"holder_id": "1.3", "holder_ru": "День рождения", "holder_en": "Birthday"}]
            for code in ExplainCode
            if code.value.endswith("_excluded")
        },
    }
    return [(code, facts) for code in ExplainCode for facts in told_apart.get(code, [{}])]


def check(sentences: dict[str, str], *keys: str) -> None:
    """One sentence in each language, in its own letters, without a key of ours and with nothing left open."""
    russian, english = (sentences[language].replace("RUB", "").replace("₽", "") for language in ("ru", "en"))
    assert not re.search("[A-Za-z{}_]", russian), russian
    assert not re.search("[А-Яа-яЁё{}_]", english), english
    assert re.search("[а-я]", russian)
    assert re.search("[a-z]", english)
    for key in keys:
        assert key not in english or "_" not in key, english


@pytest.mark.parametrize(("code", "facts"), variants(), ids=str)
def test_every_code_is_a_sentence_in_both_languages(code: ExplainCode, facts: dict[str, int | str]) -> None:
    told = Explanation(code=code, applied=False, facts=FACTS | facts)

    check({language: explain(language, told, "RUB") for language in ("ru", "en")}, code.value)


def test_the_walk_finds_what_the_engine_says() -> None:
    assert {"goods", "amount", "amount_above", "daypart", "birthday_unknown", "gift", "bundle", "units"} <= set(
        FAILURES
    )
    assert {"outlet", "segment", "stamps", "level", "channel", "all_of", "any_of", "not"} <= set(KINDS)
    assert len(FAILURES) >= 18


@pytest.mark.parametrize("condition", FAILURES)
def test_every_condition_that_fails_has_a_clause_of_its_own(condition: str) -> None:
    check(clauses(condition, negated=0), condition)
    assert clauses(condition, negated=0) != clauses("", negated=0)


@pytest.mark.parametrize("condition", KINDS)
def test_every_condition_that_should_have_failed_has_a_clause_of_its_own(condition: str) -> None:
    check(clauses(condition, negated=1), condition)
    assert clauses(condition, negated=1) != clauses("", negated=0)


@pytest.mark.parametrize("limit", sorted(named_in_engine("Ceiling")))
def test_every_limit_of_the_engine_has_its_words(limit: str) -> None:
    told = Explanation(code=ExplainCode.OFFER_CAPPED, applied=True, facts=FACTS | {"limit": limit})

    check({language: explain(language, told, "RUB") for language in ("ru", "en")}, limit)


@pytest.mark.parametrize("windows", ["10:00–12:00", ""])
@pytest.mark.parametrize("exception", [0, 1])
def test_every_kind_of_closed_hour_is_said(windows: str, exception: int) -> None:
    check(clauses("daypart", negated=0, windows=windows, exception=exception))


@pytest.mark.parametrize("missing", [("categories", "skus"), ("levels_ru", "levels_en"), ("quantity",), ("units",)])
def test_reasons_without_names_are_still_whole(missing: tuple[str, ...]) -> None:
    gone = dict.fromkeys(missing, "")
    for condition in ("goods", "amount", "level", "units", "gift"):
        if condition == "units" and "units" in gone:
            continue
        check(clauses(condition, negated=0, **gone))


def test_no_clause_is_kept_for_what_the_engine_never_says() -> None:
    said = {"", *FAILURES, *(f"not {kind}" for kind in KINDS)}

    assert [condition for condition in TEXTS if condition not in said] == []


def clauses(condition: str, *, negated: int, **facts: int | str) -> dict[str, str]:
    told = FACTS | {"condition": condition, "negated": negated} | facts
    return {language: reason(Speaker(language, told, "RUB")) for language in ("ru", "en")}
