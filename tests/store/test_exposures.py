"""The log of exposures on the real MongoDB: written once, read in pages and as a stream, under who speaks now."""

import random
import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from offers.flows.log_exposures import LogExposures
from offers.flows.merge_members import Doubles, MergeMembers
from offers.model.exposure import NOTHING, ArmChance, Exposure
from offers.model.ids import MemberId, new_id
from offers.model.ledger_errors import ReasonMissing
from offers.store.exposures import BATCH, Draws, Spoken
from offers.store.work import Work
from tests.ledger_house import LedgerHouse

TEN, HALF = "coffee@1000", "coffee@5000"
CAMPAIGN = "personal:win-back"
CHANCES = (
    ArmChance(arm=NOTHING, chance=0.5),
    ArmChance(arm=TEN, chance=0.25),
    ArmChance(arm=HALF, chance=0.25),
)


def drawn(house: LedgerHouse, members: Sequence[str], *, arm: str = TEN, occurrence: str = "o1") -> list[Exposure]:
    return [
        Exposure(
            programme_id=house.programme.id,
            member_id=MemberId(member),
            campaign=CAMPAIGN,
            occurrence=occurrence,
            policy="v1",
            arm=arm,
            chances=CHANCES,
            at=house.clock(),
            horizon_days=30,
            explored=True,
        )
        for member in members
    ]


def draws_of(house: LedgerHouse, **changes: Any) -> Draws:
    until = house.clock() + timedelta(seconds=1)
    fields: dict[str, Any] = {"programme_id": house.programme.id, "campaign": CAMPAIGN, "until": until, **changes}
    return Draws(**fields)


async def streamed(house: LedgerHouse, *, share: float = 1.0) -> list[Spoken]:
    batches = house.store.reading.exposures.stream(draws_of(house), share=share)
    return [each async for batch in batches for each in batch]


async def test_a_draw_is_logged_once_and_the_first_one_stands(house: LedgerHouse) -> None:
    log = LogExposures(house.store)
    first = drawn(house, ["m1", "m2"])

    written = await log(first)
    again = await log(drawn(house, ["m1", "m2", "m3"], arm=NOTHING))

    assert written == {each.member_id: each for each in first}
    assert {member: each.arm for member, each in again.items()} == {"m1": TEN, "m2": TEN, "m3": NOTHING}
    assert await house.store.database["exposures"].count_documents({}) == 3


async def test_more_than_a_batch_is_logged_whole(house: LedgerHouse) -> None:
    members = [f"m{number:05}" for number in range(BATCH + 7)]

    written = await LogExposures(house.store)(drawn(house, members))

    assert len(written) == BATCH + 7
    assert await house.store.database["exposures"].count_documents({}) == BATCH + 7


async def test_what_a_transaction_logs_goes_with_it(house: LedgerHouse) -> None:
    log = LogExposures(house.store)
    await log(drawn(house, ["m1"]))

    async def fail(work: Work) -> None:
        await log.within(work, drawn(house, ["m2"]))
        raise ReasonMissing

    with pytest.raises(ReasonMissing):
        await house.store.transact(fail)
    before = await house.store.database["exposures"].count_documents({})
    standing = await house.store.transact(lambda work: log.within(work, drawn(house, ["m1", "m2"], arm=HALF)))

    assert before == 1
    assert {member: each.arm for member, each in standing.items()} == {"m1": TEN, "m2": HALF}


async def test_draws_of_two_occurrences_or_one_member_twice_are_a_mistake(house: LedgerHouse) -> None:
    log = LogExposures(house.store)
    two = drawn(house, ["m1"]) + drawn(house, ["m2"], occurrence="o2")

    for wrong in (two, drawn(house, ["m1", "m1"])):
        with pytest.raises(ValueError, match="one occurrence"):
            await log(wrong)

    assert await house.store.database["exposures"].count_documents({}) == 0


async def test_pages_follow_one_another_and_know_their_campaign_alone(house: LedgerHouse) -> None:
    log = LogExposures(house.store)
    await log(drawn(house, ["m1", "m2", "m3"]))
    await log(drawn(house, ["m1"], occurrence="o2", arm=NOTHING))
    await log([replace(each, campaign="personal:win-back-2") for each in drawn(house, ["m9"])])
    exposures = house.store.reading.exposures

    first = await exposures.page(house.programme.id, "personal:win-back", limit=3)
    rest = await exposures.page(house.programme.id, "personal:win-back", after=first[-1].key)
    nothing = await exposures.page(house.programme.id, "personal:win-back", arm=NOTHING)
    second = await exposures.page(house.programme.id, "personal:win-back", occurrence="o2")

    assert [each.member_id for each in first] == ["m1", "m2", "m3"]
    assert [(each.member_id, each.occurrence) for each in rest] == [("m1", "o2")]
    assert nothing == second == rest


async def test_counts_stand_beside_what_the_chances_expected(house: LedgerHouse) -> None:
    log = LogExposures(house.store)
    await log(drawn(house, ["m1", "m2", "m3"]))
    await log(drawn(house, ["m1"], occurrence="o2", arm=NOTHING))

    counts = await house.store.reading.exposures.counts(house.programme.id)

    assert {each.arm: (each.members, each.expected) for each in counts} == {
        NOTHING: (1, 2.0),
        TEN: (3, 1.0),
        HALF: (0, 1.0),
    }


async def test_a_stream_gives_who_speaks_now_and_leaves_out_who_is_gone(house: LedgerHouse) -> None:
    anna, boris = await house.enrol(1), await house.enrol(2)
    log = LogExposures(house.store)
    await log(drawn(house, [boris.member.id, "gone"]))
    await log(drawn(house, [anna.member.id], occurrence="o2"))
    doubles = Doubles(survivor_id=anna.member.id, merged_id=boris.member.id, staff_id="k", reason="one person")
    merge = MergeMembers(house.store, house.clock, secrets.token_bytes)
    await merge(house.programme, doubles)

    found = await streamed(house)

    assert [(each.person, each.exposure.occurrence) for each in found] == [
        (anna.member.id, "o1"),
        (anna.member.id, "o2"),
    ]
    assert [each.exposure.member_id for each in found] == [boris.member.id, anna.member.id]
    kept = await house.store.reading.exposures.page(house.programme.id, "personal:win-back")
    assert {each.member_id for each in kept} == {anna.member.id, boris.member.id, "gone"}, "the log itself stays"


async def test_a_stream_is_cut_into_batches_and_ends_before_its_instant(house: LedgerHouse) -> None:
    anna = await house.enrol(1)
    log = LogExposures(house.store)
    await log(drawn(house, [anna.member.id]))
    house.clock.move(timedelta(days=2))
    await log(drawn(house, [anna.member.id], occurrence="o2"))
    await log([replace(each, campaign="another") for each in drawn(house, [anna.member.id])])
    exposures, before = house.store.reading.exposures, draws_of(house, until=house.clock())

    found = [len(batch) async for batch in exposures.stream(before)]

    assert sum(found) == await exposures.count(before) == 1
    assert await exposures.count(draws_of(house, since=house.clock())) == 1
    assert await exposures.count(draws_of(house, without=["o1"])) == 1
    assert await exposures.campaigns(house.programme.id) == ["another", CAMPAIGN]


async def test_the_last_draw_and_the_one_before_it_are_found(house: LedgerHouse) -> None:
    log, exposures = LogExposures(house.store), house.store.reading.exposures
    for occurrence in ("o1", "o2", "o3"):
        await log(drawn(house, ["m1"], occurrence=occurrence))
        house.clock.move(timedelta(days=1))

    found = [await exposures.last(draws_of(house), before=before) for before in range(4)]

    assert [each.occurrence if each else None for each in found] == ["o3", "o2", "o1", None]


async def test_a_share_is_of_members_old_and_new_and_the_same_each_time(house: LedgerHouse) -> None:
    chance = random.Random(1).randbytes  # noqa: S311 - the same members in every run
    members = [new_id(house.clock() + timedelta(days=day), chance) for day in range(1_000)]
    rows = [{"_id": each, "programme_id": house.programme.id} for each in members]
    await house.store.database["members"].insert_many(rows)
    await LogExposures(house.store)(drawn(house, members))

    some = [members.index(each.person) for each in await streamed(house, share=0.3)]
    again = [members.index(each.person) for each in await streamed(house, share=0.3)]

    assert some == again
    assert len(some) == pytest.approx(300, abs=60)
    assert sum(some) / len(some) == pytest.approx(500, abs=60), "neither the oldest members nor the newest"
    assert len(await streamed(house, share=1.0)) == 1_000
