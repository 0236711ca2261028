"""The office on scores through the API: what is thought of a member, why, and which runs there were."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime

import pytest_asyncio

from offers.flows.publish_scores import PublishScores
from offers.model.computed_segments import SegmentTold
from offers.model.coupon_lesson import CouponLesson, TemplateUse, UseJudged
from offers.model.programme import LocalText
from offers.model.scores import (
    CampaignLesson,
    Favourite,
    MemberScores,
    PolicyWorth,
    ReasonKind,
    ScoreReason,
    ScoreRun,
    ScoreRunId,
)
from offers.store.store import Store
from tests.clock import SettableClock
from tests.members_door import NOBODY, MembersDoor, open_members_door

REASONS = (
    ScoreReason(kind=ReasonKind.SILENT, value=21),
    ScoreReason(kind=ReasonKind.OVERDUE, value=0),
    ScoreReason(kind=ReasonKind.SPENDS_MORE, value=35_000),
)

SLIPPING = SegmentTold(
    code="rfm:slipping",
    title=LocalText(ru="Ускользают", en="Slipping away"),
    description=LocalText(ru="Пишите им.", en="Write to them."),
    members=1,
)
LEARNED = PolicyWorth(
    policy="learned", bought_bp=(1, 2, 3), spend_minor=(4, 5, 6), is_sure=True, margin_minor=(-1, 2, 3)
)
LESSON = CampaignLesson(
    campaign="personal:win-back",
    exposures=900,
    outcomes=300,
    needed=200,
    worth=(LEARNED, PolicyWorth(policy="nothing", bought_bp=(1, 2, 3), spend_minor=(4, 5, 6), is_sure=True)),
)
COUPONS = CouponLesson(
    coupons=400,
    occasions=300,
    used=120,
    needed=200,
    learner="regression",
    judged=UseJudged(occasions=100, used=41, expected=39.26, error_bp=120),
    templates=(
        TemplateUse(template="win-back", coupons=390, occasions=295, used=118, shift=0.0, error=0.1),
        TemplateUse(template="double", coupons=10, occasions=5, used=2),
    ),
)


@pytest_asyncio.fixture(loop_scope="session")
async def door(store: Store, clock: SettableClock) -> AsyncIterator[MembersDoor]:
    async with open_members_door(store, clock) as opened:
        yield opened


async def publish(door: MembersDoor, clock: SettableClock) -> None:
    """Publish the scores of one member."""
    member = door.anna.member
    run = ScoreRun(
        id=ScoreRunId("r1"),
        programme_id=member.programme_id,
        as_of=date(2026, 3, 13),
        horizon_days=30,
        model="blend",
        fingerprint="f",
        members=1,
        made_at=datetime(2026, 3, 14, tzinfo=UTC),
        quality={"auc": 0.81},
        segments=(SLIPPING,),
        lessons=(LESSON,),
        coupons=COUPONS,
    )
    row = MemberScores(
        run_id=run.id,
        member_id=member.id,
        programme_id=member.programme_id,
        buys_again_bp=1_200,
        purchases_centi=15,
        spend_minor=4_500,
        segment="slipping",
        cluster=2,
        daypart="morning",
        favourites=(Favourite(category="coffee", chance_bp=5_000),),
        reasons=REASONS,
        uses_coupon_bp=4_100,
    )
    await PublishScores(door.store, clock)(run, [row])


async def test_scores_are_told_with_their_reasons_in_both_languages(door: MembersDoor, clock: SettableClock) -> None:
    before = await door.as_olga("GET", door.path("scores"))
    await publish(door, clock)

    status, told = await door.as_olga("GET", door.path("scores"))
    _, listed = await door.as_olga("GET", "/v1/scores")

    assert (before[0], before[1]["code"]) == (404, "no_scores")
    assert (status, told["buys_again_bp"], told["segments"], told["daypart"]) == (
        *(200, 1_200),
        ["cluster:2", "rfm:slipping"],
        "morning",
    )
    silent, overdue, spends = told["reasons"]
    assert (silent["code"], silent["ru"], silent["en"]) == (
        "silent",
        "не приходит уже 21 день",
        "has not come for 21 days",
    )
    assert overdue["ru"] == "ритма пока нет, а перерыв долгий"
    assert spends["en"].startswith("spends ")
    assert (told["run"]["as_of"], listed["published"]["run_id"], len(listed["runs"])) == ("2026-03-13", "r1", 1)


async def test_a_run_tells_what_coupons_and_campaigns_taught(door: MembersDoor, clock: SettableClock) -> None:
    await publish(door, clock)

    _, listed = await door.as_olga("GET", "/v1/scores")
    _, told = await door.as_olga("GET", door.path("scores"))

    (run,) = listed["runs"]
    assert told["uses_coupon_bp"] == 4_100
    assert (run["coupons"]["coupons"], run["coupons"]["reason"], run["coupons"]["learner"]) == (400, None, "regression")
    assert run["coupons"]["judged"] == {"occasions": 100, "used": 41, "expected": 39.3, "error_bp": 120}
    assert [each["margin_minor"] for each in run["lessons"][0]["worth"]] == [[-1, 2, 3], None]
    assert [each["is_told"] for each in run["coupons"]["templates"]] == [True, False]


async def test_segments_are_told_in_words_once_a_night_was_published(door: MembersDoor, clock: SettableClock) -> None:
    before = await door.as_olga("GET", "/v1/scores/segments")
    await publish(door, clock)

    status, told = await door.as_olga("GET", "/v1/scores/segments")

    assert (before[0], before[1]["published"], before[1]["segments"]) == (200, None, [])
    assert before[1]["note"]["en"].startswith("No night was published yet")
    assert before[1]["note"]["ru"].startswith("Ни одна ночь ещё не опубликована")
    assert (status, told["note"], told["published"]["run_id"]) == (200, None, "r1")
    assert told["segments"] == [
        {
            "code": "rfm:slipping",
            "title": {"ru": "Ускользают", "en": "Slipping away"},
            "description": {"ru": "Пишите им.", "en": "Write to them."},
            "members": 1,
            "share_bp": 10_000,
        }
    ]
    assert (await door.as_till("GET", "/v1/scores/segments"))[0] == 403


async def test_scores_are_the_offices_alone_and_of_its_own_members(door: MembersDoor) -> None:
    assert (await door.as_olga("GET", f"/v1/members/{NOBODY}/scores"))[1]["code"] == "unknown_member"
    assert (await door.as_till("GET", "/v1/scores"))[0] == 403
