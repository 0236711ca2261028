"""The office on scores through the API: what is thought of a member, why, and which runs there were."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime

import pytest_asyncio

from offers.flows.publish_scores import PublishScores
from offers.model.scores import Favourite, MemberScores, ReasonKind, ScoreReason, ScoreRun, ScoreRunId
from offers.store.store import Store
from tests.clock import SettableClock
from tests.members_door import NOBODY, MembersDoor, open_members_door

REASONS = (
    ScoreReason(kind=ReasonKind.SILENT, value=21),
    ScoreReason(kind=ReasonKind.OVERDUE, value=0),
    ScoreReason(kind=ReasonKind.SPENDS_MORE, value=35_000),
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


async def test_scores_are_the_offices_alone_and_of_its_own_members(door: MembersDoor) -> None:
    assert (await door.as_olga("GET", f"/v1/members/{NOBODY}/scores"))[1]["code"] == "unknown_member"
    assert (await door.as_till("GET", "/v1/scores"))[0] == 403
