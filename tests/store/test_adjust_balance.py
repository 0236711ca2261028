"""Points given and taken by hand: with a reason, and above the limit by two people."""

import asyncio
import secrets
from datetime import timedelta

import pytest

from offers.flows.adjust_balance import AdjustBalance, Wish
from offers.flows.enrol_member import Enrolment
from offers.model.adjustment import AdjustmentState
from offers.model.errors import NotEnoughPoints, OfferError, UnknownMember
from offers.model.ids import MemberId
from offers.model.ledger import EntryKind
from offers.model.ledger_errors import (
    AdjustmentClosed,
    MovementKeyReused,
    PointsOutOfRange,
    ReasonMissing,
    SecondPersonNeeded,
    UnknownAdjustment,
)
from tests.ledger_house import LedgerHouse


@pytest.fixture
async def anna(house: LedgerHouse) -> Enrolment:
    await house.agree(adjustment_limit=100)
    return await house.enrol(1)


@pytest.fixture
def adjust(house: LedgerHouse) -> AdjustBalance:
    return AdjustBalance(house.store, house.clock, secrets.token_bytes)


def wish(who: Enrolment, points: int, *, key: str = "w1", staff: str = "olga", reason: str = "cold coffee") -> Wish:
    return Wish(member_id=who.member.id, points=points, reason=reason, staff_id=staff, key=key)


async def test_up_to_the_limit_one_person_is_enough(house: LedgerHouse, anna: Enrolment, adjust: AdjustBalance) -> None:
    done = await adjust(house.programme, wish(anna, 100))

    assert done.state is AdjustmentState.APPLIED
    assert await house.spendable(anna.member.id) == 100
    entries = await house.store.reading.accounts.entries(anna.member.id, "points")
    assert [(entry.kind, entry.cause_key) for entry in entries] == [
        (EntryKind.ADJUSTMENT, f"adjustment:{done.id}:adjustment")
    ]
    line = (await house.store.reading.audit.last(house.programme.id))[0]
    assert (line.action, line.staff_id, line.facts["reason"]) == ("adjustment_applied", "olga", "cold coffee")
    await house.verify()


async def test_above_the_limit_nothing_moves_until_another_person_approves(
    house: LedgerHouse, anna: Enrolment, adjust: AdjustBalance
) -> None:
    asked = await adjust(house.programme, wish(anna, 101))
    assert asked.state is AdjustmentState.WAITING
    assert await house.spendable(anna.member.id) == 0
    with pytest.raises(SecondPersonNeeded):
        await adjust.approve(house.programme, asked.id, staff_id="olga")

    approved = await adjust.approve(house.programme, asked.id, staff_id="pavel")

    assert (approved.state, approved.decided_by) == (AdjustmentState.APPLIED, "pavel")
    assert await adjust.approve(house.programme, asked.id, staff_id="pavel") == approved
    assert await house.spendable(anna.member.id) == 101
    assert await adjust.waiting(house.programme) == []
    lines = await house.store.reading.audit.last(house.programme.id)
    assert [(line.action, line.staff_id) for line in lines] == [
        ("adjustment_approved", "pavel"),
        ("adjustment_asked", "olga"),
    ]
    await house.verify()


async def test_the_limit_cannot_be_split_up(house: LedgerHouse, anna: Enrolment, adjust: AdjustBalance) -> None:
    await adjust(house.programme, wish(anna, 60, key="w1"))
    await adjust(house.programme, wish(anna, -20, key="w2"))

    third = await adjust(house.programme, wish(anna, 21, key="w3"))
    by_another = await adjust(house.programme, wish(anna, 21, key="w4", staff="pavel"))
    house.clock.move(timedelta(days=1))
    tomorrow = await adjust(house.programme, wish(anna, 21, key="w5"))

    assert third.state is AdjustmentState.WAITING
    assert by_another.state is AdjustmentState.APPLIED
    assert tomorrow.state is AdjustmentState.APPLIED
    assert await house.spendable(anna.member.id) == 60 - 20 + 21 + 21


async def test_parts_asked_for_at_once_stay_within_the_limit(
    house: LedgerHouse, anna: Enrolment, adjust: AdjustBalance
) -> None:
    done = await asyncio.gather(*(adjust(house.programme, wish(anna, 30, key=f"w{n}")) for n in range(8)))

    assert sum(each.state is AdjustmentState.APPLIED for each in done) == 3
    assert await house.spendable(anna.member.id) == 90
    await house.verify()


async def test_one_that_waits_too_long_lapses(house: LedgerHouse, anna: Enrolment, adjust: AdjustBalance) -> None:
    asked = await adjust(house.programme, wish(anna, 500))
    assert [each.id for each in await adjust.waiting(house.programme)] == [asked.id]
    house.clock.move(timedelta(hours=72))

    with pytest.raises(AdjustmentClosed) as refusal:
        await adjust.approve(house.programme, asked.id, staff_id="pavel")

    assert refusal.value.state == "lapsed"
    assert await adjust.waiting(house.programme) == []
    assert await house.spendable(anna.member.id) == 0


async def test_refused_once_it_stays_refused(house: LedgerHouse, anna: Enrolment, adjust: AdjustBalance) -> None:
    asked = await adjust(house.programme, wish(anna, 500))

    refused = await adjust.refuse(house.programme, asked.id, staff_id="pavel")

    assert await adjust.refuse(house.programme, asked.id, staff_id="pavel") == refused
    with pytest.raises(AdjustmentClosed):
        await adjust.approve(house.programme, asked.id, staff_id="pavel")
    assert await house.spendable(anna.member.id) == 0


async def test_two_who_approve_at_once_apply_it_once(
    house: LedgerHouse, anna: Enrolment, adjust: AdjustBalance
) -> None:
    asked = await adjust(house.programme, wish(anna, 500))

    answers = await asyncio.gather(
        *(adjust.approve(house.programme, asked.id, staff_id=name) for name in ("pavel", "rita", "semyon")),
        adjust.refuse(house.programme, asked.id, staff_id="tanya"),
        return_exceptions=True,
    )

    done = [answer for answer in answers if not isinstance(answer, BaseException)]
    assert len(done) == 1
    assert all(isinstance(answer, OfferError) for answer in answers if isinstance(answer, BaseException))
    assert await house.spendable(anna.member.id) == (500 if done[0].state is AdjustmentState.APPLIED else 0)
    await house.verify()


async def test_the_same_key_asks_once_and_another_wish_under_it_is_refused(
    house: LedgerHouse, anna: Enrolment, adjust: AdjustBalance
) -> None:
    first = await adjust(house.programme, wish(anna, 50))

    assert await adjust(house.programme, wish(anna, 50)) == first
    with pytest.raises(MovementKeyReused):
        await adjust(house.programme, wish(anna, 51))
    assert await house.spendable(anna.member.id) == 50


async def test_no_adjustment_makes_a_debt_but_one_may_make_it_good(
    house: LedgerHouse, anna: Enrolment, adjust: AdjustBalance
) -> None:
    given = await house.buy(anna, points=50)
    with pytest.raises(NotEnoughPoints):
        await adjust(house.programme, wish(anna, -51))
    await house.buy(anna, redeem=50)
    await house.void(given)
    owed = -(await house.account(anna.member.id)).balance

    await adjust(house.programme, wish(anna, owed, key="w2"))

    account = await house.account(anna.member.id)
    assert owed > 0
    assert (account.balance, account.deficit, account.lots) == (0, 0, ())
    await house.verify()


async def test_a_wish_without_a_reason_a_member_or_sense_is_refused(
    house: LedgerHouse, anna: Enrolment, adjust: AdjustBalance
) -> None:
    with pytest.raises(ReasonMissing):
        await adjust(house.programme, wish(anna, 5, reason="  "))
    with pytest.raises(PointsOutOfRange):
        await adjust(house.programme, wish(anna, 0))
    nobody = Wish(member_id=MemberId("x"), points=1, reason="r", staff_id="olga", key="w")
    with pytest.raises(UnknownMember):
        await adjust(house.programme, nobody)
    with pytest.raises(UnknownAdjustment):
        await adjust.approve(house.programme, "none", staff_id="pavel")
