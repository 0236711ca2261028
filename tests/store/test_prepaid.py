"""Money paid in beforehand: it never runs out, is taken once, and comes back to where it was taken from."""

import asyncio
import secrets
from datetime import timedelta

import pytest

from offers.flows.enrol_member import Enrolment
from offers.flows.spend_prepaid import Spending, SpendPrepaid
from offers.flows.top_up_prepaid import TopUp, TopUpPrepaid
from offers.model.errors import UnknownMember
from offers.model.ids import MemberId
from offers.model.ledger import LedgerEntry
from offers.model.ledger_errors import MovementKeyReused, NotEnoughBalance, PointsOutOfRange, UnknownMovement
from tests.ledger_house import LedgerHouse


async def top_up(house: LedgerHouse, who: Enrolment, amount: int, *, key: str = "p1") -> LedgerEntry:
    flow = TopUpPrepaid(house.store, house.clock, secrets.token_bytes)
    return await flow(house.programme, TopUp(member_id=who.member.id, amount_minor=amount, key=key, funder="m1"))


async def pay(house: LedgerHouse, who: Enrolment, amount: int, *, key: str = "s1") -> LedgerEntry:
    flow = SpendPrepaid(house.store, house.clock)
    return await flow(house.programme, Spending(member_id=who.member.id, amount_minor=amount, key=key))


async def test_money_paid_in_is_there_in_ten_years(house: LedgerHouse) -> None:
    anna = await house.enrol(1)
    await top_up(house, anna, 100_000)
    await house.buy(anna, points=10)
    house.clock.move(timedelta(days=3_650))

    entry = await pay(house, anna, 99_999)

    assert (entry.points, entry.balance) == (-99_999, 1)
    assert await house.spendable(anna.member.id) == 0  # points are another account, and they ran out
    await house.verify()


async def test_the_same_key_takes_and_gives_once(house: LedgerHouse) -> None:
    anna = await house.enrol(1)
    assert await top_up(house, anna, 500) == await top_up(house, anna, 500)
    assert await pay(house, anna, 200) == await pay(house, anna, 200)
    undo = SpendPrepaid(house.store, house.clock).undo

    back = await undo(house.programme, anna.member.id, "s1")

    assert await undo(house.programme, anna.member.id, "s1") == back
    assert (back.points, await house.spendable(anna.member.id, "RUB")) == (200, 500)
    with pytest.raises(MovementKeyReused):
        await top_up(house, anna, 501)
    with pytest.raises(MovementKeyReused):
        await pay(house, anna, 201)
    await house.verify()


async def test_tills_at_once_never_take_more_than_there_is(house: LedgerHouse) -> None:
    anna = await house.enrol(1)
    await top_up(house, anna, 1_000)

    answers = await asyncio.gather(*(pay(house, anna, 300, key=f"s{n}") for n in range(8)), return_exceptions=True)

    refused = [answer for answer in answers if isinstance(answer, BaseException)]
    assert len(refused) == 5
    assert all(isinstance(answer, NotEnoughBalance) for answer in refused)
    assert await house.spendable(anna.member.id, "RUB") == 100
    await house.verify()


async def test_what_makes_no_sense_is_refused(house: LedgerHouse) -> None:
    anna = await house.enrol(1)

    with pytest.raises(NotEnoughBalance) as refusal:
        await pay(house, anna, 1)
    assert refusal.value.available_minor == 0
    with pytest.raises(PointsOutOfRange):
        await top_up(house, anna, 0)
    with pytest.raises(PointsOutOfRange):
        await pay(house, anna, -1)
    with pytest.raises(UnknownMovement):
        await SpendPrepaid(house.store, house.clock).undo(house.programme, anna.member.id, "never")
    nobody = TopUp(member_id=MemberId("x"), amount_minor=5, key="k", funder="m1")
    with pytest.raises(UnknownMember):
        await TopUpPrepaid(house.store, house.clock, secrets.token_bytes)(house.programme, nobody)
