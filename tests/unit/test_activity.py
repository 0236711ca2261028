"""Discounts that follow activity: bounded, in steps, slow to change their mind, and never against what was agreed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offers.engine.activity import band_bp, follow
from offers.engine.standing_terms import discount_shown_bp
from offers.model.activity import Activity, ActivityMeasure, ActivityRules, Band
from offers.model.held_level import LevelStanding
from offers.model.ids import MemberId, ProgrammeId
from offers.model.member import Member, OwnTerms
from offers.model.programme import Language, Terms
from offers.model.purchase import ExplainCode, Explanation
from tests.unit.offer_cases import NOBODY, REGULAR, TERMS, decided
from tests.unit.test_explain_every import FACTS, check
from web.explain import explain

AT = datetime(2026, 3, 14, tzinfo=UTC)
RULES = ActivityRules(
    measure=ActivityMeasure.VISITS,
    bands=(Band(at_least=2, discount_bp=300), Band(at_least=4, discount_bp=500), Band(at_least=8, discount_bp=1_000)),
    slack=1,
    step_bp=500,
    rest_days=7,
)
several = settings(max_examples=200, deadline=None)


def over(values: list[int], rules: ActivityRules = RULES) -> list[int]:
    """Follow a value night after night, and give the discount of each."""
    own: OwnTerms | None = None
    found = []
    for night, value in enumerate(values):
        own = follow(rules, own, value, at=AT + timedelta(days=night))
        found.append(own.discount_bp or 0 if own else 0)
    return found


@pytest.mark.parametrize(("value", "discount"), [(0, 0), (1, 0), (2, 300), (7, 500), (8, 1_000), (99, 1_000)])
def test_a_band_holds_from_its_edge_on(value: int, discount: int) -> None:
    assert band_bp(RULES, value) == discount


def test_a_discount_rises_in_steps_and_rests_between_them() -> None:
    assert over([8] * 9) == [500] * 7 + [1_000] * 2


def test_a_small_loss_of_activity_costs_nothing_and_a_large_one_does() -> None:
    assert over([4, *[3] * 20]) == [500] * 21
    assert over([4, *[2] * 20]) == [500] * 7 + [300] * 14
    assert over([4, *[0] * 20]) == [500] * 7 + [0] * 14


def test_what_fell_to_nothing_does_not_come_back_at_once() -> None:
    assert over([2, *[0] * 7, *[2] * 8]) == [300] * 7 + [0] * 7 + [300] * 2


@given(values=st.lists(st.integers(0, 20), max_size=60), slack=st.integers(0, 5), step=st.integers(1, 1_500))
@several
def test_it_stays_within_its_bands_its_steps_and_its_rests(values: list[int], slack: int, step: int) -> None:
    rules = replace(RULES, slack=slack, step_bp=step)

    found = [0, *over(values, rules)]

    assert all(0 <= each <= 1_000 for each in found)
    moved = [night for night in range(1, len(found)) if found[night] != found[night - 1]]
    assert all(abs(found[night] - found[night - 1]) <= step for night in moved)
    assert all(later - earlier >= rules.rest_days for earlier, later in pairwise(moved))


def test_what_a_person_agreed_on_is_never_touched() -> None:
    agreed = OwnTerms(discount_bp=200, until=AT + timedelta(days=3))

    assert follow(RULES, agreed, 99, at=AT) is agreed
    assert follow(None, agreed, 99, at=AT) is agreed


def following(discount_bp: int) -> OwnTerms:
    why = Activity(measure=ActivityMeasure.VISITS, value=3, days=30, since=AT)
    return OwnTerms(discount_bp=discount_bp, activity=why)


def test_the_deeper_of_level_and_activity_holds_and_says_why() -> None:
    terms = replace(TERMS, activity=RULES)

    deeper = decided(facts=replace(REGULAR, own_terms=following(1_000)), terms=terms)
    shallower = decided(facts=replace(REGULAR, own_terms=following(300)), terms=terms)
    no_rules = decided(facts=replace(NOBODY, own_terms=following(1_000)), terms=TERMS)

    assert (deeper.discount_bp, shallower.discount_bp, no_rules.discount_bp) == (1_000, 500, 0)
    assert [line.code for line in deeper.explain[:2]] == [ExplainCode.OWN_DISCOUNT_APPLIED, ExplainCode.LEVEL_REPLACED]
    assert shallower.explain[0].code is ExplainCode.LEVEL_APPLIED
    said = [explain(language, deeper.explain[0], "RUB") for language in ("en", "ru")]
    assert said[0].startswith("10% off: 3 purchases in the last 30 days; ")
    assert said[1].startswith("Скидка 10\N{NO-BREAK SPACE}%: 3 покупки за последние 30 дн.; ")


OWN_CODES = [code for code in ExplainCode if code.value.startswith("own_discount_")]
HOLDER = {"holder_id": "1.3", "holder_ru": "День рождения", "holder_en": "Birthday"}


@pytest.mark.parametrize("measure", ActivityMeasure)
@pytest.mark.parametrize("code", [*OWN_CODES, ExplainCode.LEVEL_REPLACED])
def test_every_sentence_of_it_is_whole_in_both_languages(code: ExplainCode, measure: ActivityMeasure) -> None:
    why: dict[str, int | str] = {"activity": measure.value, "activity_value": 3, "activity_days": 30}
    agreed, follows, with_another = ({**FACTS, **facts} for facts in ({}, why, {**why, **HOLDER}))

    for facts in (follows, with_another):
        said = {
            language: explain(language, Explanation(code=code, applied=False, facts=facts), "RUB")
            for language in ("ru", "en")
        }
        check(said, code.value)
        assert said["en"] != explain("en", Explanation(code=code, applied=False, facts=agreed), "RUB")


def test_the_card_shows_the_same_discount_as_the_till() -> None:
    member = Member(
        id=MemberId("m"), programme_id=ProgrammeId("p"), language=Language.RU, source="t", enrolled_at=AT,
        own_terms=following(1_000),
    )  # fmt: skip
    standing = LevelStanding(spend_minor=10**12)
    level_bp = discount_shown_bp(TERMS, standing, replace(member, own_terms=None), AT)

    assert discount_shown_bp(replace(TERMS, activity=RULES), standing, member, AT) == max(1_000, level_bp)
    assert discount_shown_bp(TERMS, standing, member, AT) == level_bp
    assert discount_shown_bp(Terms(activity=RULES), LevelStanding(spend_minor=0), member, AT) == 1_000
