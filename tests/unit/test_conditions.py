"""Conditions: which hold, and what is said of those that do not."""

from dataclasses import replace
from decimal import Decimal

import pytest

from offers.model.benefit import Percent
from offers.model.condition import (
    AllOf,
    AmountReached,
    AnyOf,
    AtLevel,
    AtOutlet,
    CodePresented,
    Condition,
    FirstPurchase,
    GoodsBought,
    InSegment,
    LeapDay,
    LikesCategory,
    NearBirthday,
    Not,
    NthPurchase,
    ScoreWithin,
    StampsCollected,
)
from offers.model.goods import Goods
from offers.model.ids import MemberId, OutletId, ProgrammeId
from offers.model.member import Birthday
from offers.model.scores import Favourite, MemberScores, ScoreName, ScoreRunId
from tests.unit.offer_cases import (
    COFFEE,
    NOBODY,
    about,
    decided,
    offer,
)
from tests.unit.offered import AT

FIFTH = Percent(bp=2_000)
SCORES = MemberScores(
    run_id=ScoreRunId("r1"),
    member_id=MemberId("m1"),
    programme_id=ProgrammeId("p1"),
    buys_again_bp=2_000,
    purchases_centi=150,
    spend_minor=50_000,
    segment="loyal",
    favourites=(Favourite(category="coffee", chance_bp=9_000),),
)
PEOPLE = replace(
    NOBODY,
    purchases=4,
    segments=frozenset({"students"}),
    birthday=Birthday(month=3, day=10),
    spend_minor=150_000,
    scores=SCORES,
)


@pytest.mark.parametrize(
    ("condition", "failed"),
    [
        (GoodsBought(goods=COFFEE), None),
        (GoodsBought(goods=COFFEE, quantity=Decimal("1.5")), "goods"),
        (GoodsBought(goods=Goods(skus=("mug",))), "goods"),
        (AmountReached(at_least_minor=30_000), None),
        (AmountReached(at_least_minor=30_001), "amount"),
        (AmountReached(at_least_minor=20_000, goods=COFFEE), None),
        (AmountReached(at_most_minor=29_999), "amount_above"),
        (AtOutlet(outlets=(OutletId("o2"),)), "outlet"),
        (InSegment(segments=("pupils", "students")), None),
        (ScoreWithin(score=ScoreName.BUYS_AGAIN, at_least=1_000, at_most=2_000), None),
        (ScoreWithin(score=ScoreName.BUYS_AGAIN, at_most=1_999), "score"),
        (ScoreWithin(score=ScoreName.SPEND, at_least=50_001), "score"),
        (ScoreWithin(score=ScoreName.PURCHASES, at_least=150, at_most=150), None),
        (LikesCategory(categories=("tea", "coffee")), None),
        (LikesCategory(categories=("tea",)), "likes"),
        (InSegment(segments=("pupils",)), "segment"),
        (AtLevel(levels=("silver", "gold")), None),
        (AtLevel(levels=("gold",)), "level"),
        (FirstPurchase(), "first_purchase"),
        (NthPurchase(nth=5), None),
        (NthPurchase(nth=2), "every_nth_purchase"),
        (NthPurchase(nth=5, every=False), None),
        (NthPurchase(nth=10, every=False), "nth_purchase"),
        (StampsCollected(needed=3, goods=COFFEE), "stamps"),
        (NearBirthday(), None),
        (NearBirthday(days_before=2, days_after=1), "birthday"),
        (CodePresented(), "code"),
        (Not(condition=InSegment(segments=("students",))), "segment"),
        (AllOf(conditions=(FirstPurchase(), InSegment(segments=("pupils",)))), "first_purchase"),
        (AnyOf(conditions=(FirstPurchase(), InSegment(segments=("students",)))), None),
        (AnyOf(conditions=(FirstPurchase(), InSegment(segments=("pupils",)))), "first_purchase"),
    ],
)
def test_conditions_hold_or_tell_which_of_them_failed(condition: Condition, failed: str | None) -> None:
    line = about(decided(offer("a", FIFTH, condition=condition), facts=PEOPLE), "a")

    assert line.applied is (failed is None)
    assert line.facts.get("condition") == failed
    assert line.facts.get("negated", 0) == int(isinstance(condition, Not))
    assert line.facts.get("other_ways", 0) == int(isinstance(condition, AnyOf) and failed is not None)


@pytest.mark.parametrize(
    ("birthday", "leap_day", "day", "runs"),
    [
        (Birthday(month=2, day=29), LeapDay.FEBRUARY_28, "2026-02-28", True),
        (Birthday(month=2, day=29), LeapDay.FEBRUARY_28, "2026-03-01", False),
        (Birthday(month=2, day=29), LeapDay.MARCH_1, "2026-02-28", False),
        (Birthday(month=2, day=29), LeapDay.MARCH_1, "2026-03-01", True),
        (Birthday(month=2, day=29), LeapDay.FEBRUARY_28, "2028-02-29", True),
        (Birthday(month=2, day=29), LeapDay.FEBRUARY_28, "2028-02-28", False),
        (Birthday(month=3, day=11), LeapDay.FEBRUARY_28, "2026-03-11", True),
    ],
)
def test_everybody_has_a_birthday_every_year(birthday: Birthday, leap_day: LeapDay, day: str, runs: bool) -> None:  # noqa: FBT001
    on_the_day = NearBirthday(days_before=0, days_after=1, leap_day=leap_day)
    noon = AT.fromisoformat(f"{day}T09:00:00+00:00")

    decision = decided(offer("a", FIFTH, condition=on_the_day), facts=replace(NOBODY, birthday=birthday), at=noon)

    assert about(decision, "a").applied is runs


def test_a_week_before_a_birthday_in_january_is_in_december() -> None:
    before = NearBirthday(days_before=7, days_after=1)
    facts = replace(NOBODY, birthday=Birthday(month=1, day=2))

    assert about(
        decided(offer("a", FIFTH, condition=before), facts=facts, at=AT.replace(month=12, day=28)), "a"
    ).applied


def test_nothing_is_told_of_a_birthday_that_is_not_known() -> None:
    line = about(decided(offer("a", FIFTH, condition=NearBirthday())), "a")

    assert line.facts["condition"] == "birthday_unknown"
