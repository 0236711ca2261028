"""Points handed from member to member: whole, once, within the day's limit, and never two times the same point."""

import asyncio
import secrets
from datetime import timedelta

import pytest

from offers.flows.merge_members import Doubles, MergeMembers
from offers.flows.transfer_points import Transfer, TransferPoints
from offers.model.card import CardState
from offers.model.errors import Busy, CardNotActive, NotEnoughPoints, OfferError, UnknownMember
from offers.model.ids import MemberId
from offers.model.ledger import LedgerEntry
from offers.model.ledger_errors import MovementKeyReused, PointsOutOfRange, SameMember, TransferLimitReached
from offers.model.message import Lane
from offers.model.purchase import Receipt
from tests.ledger_house import LedgerHouse


async def hand_on(
    house: LedgerHouse, sender: MemberId, receiver: MemberId, points: int, key: str = "t1"
) -> LedgerEntry:
    flow = TransferPoints(house.store, house.clock, secrets.token_bytes)
    return await flow(house.programme, Transfer(sender_id=sender, receiver_id=receiver, points=points, key=key))


async def hand_on_patiently(house: LedgerHouse, sender: MemberId, receiver: MemberId, points: int, key: str) -> None:
    """As a till does on a machine that is very busy: it comes again when it is told to."""
    for _ in range(5):
        try:
            await hand_on(house, sender, receiver, points, key)
        except Busy as busy:
            await asyncio.sleep(busy.retry_after_s)
        else:
            return
    await hand_on(house, sender, receiver, points, key)


async def test_points_move_with_their_end_and_their_funder(house: LedgerHouse) -> None:
    anna, boris = await house.enrol(1), await house.enrol(2)
    await house.buy(anna, points=100)
    before = (await house.account(anna.member.id)).lots[0]
    house.clock.move(timedelta(days=30))

    entry = await hand_on(house, anna.member.id, boris.member.id, 40)

    assert (entry.points, entry.balance) == (-40, 60)
    received = (await house.account(boris.member.id)).lots[0]
    assert (received.remaining, received.expires_at, received.funder) == (40, before.expires_at, before.funder)
    assert await house.spendable(anna.member.id) == 60
    assert await house.spendable(boris.member.id) == 40
    assert await house.store.reading.outbox.waiting(Lane.EVENTS) == 5  # two enrolled, settled, sent, received
    await house.verify()


async def test_the_same_key_hands_on_once_and_another_body_is_refused(house: LedgerHouse) -> None:
    anna, boris = await house.enrol(1), await house.enrol(2)
    await house.buy(anna, points=100)
    first = await hand_on(house, anna.member.id, boris.member.id, 40)

    again = await hand_on(house, anna.member.id, boris.member.id, 40)

    assert again == first
    assert await house.spendable(boris.member.id) == 40
    with pytest.raises(MovementKeyReused):
        await hand_on(house, anna.member.id, boris.member.id, 41)


async def test_what_cannot_be_handed_on_is_refused_and_leaves_nothing(house: LedgerHouse) -> None:
    anna, boris = await house.enrol(1), await house.enrol(2)
    await house.buy(anna, points=100)

    with pytest.raises(NotEnoughPoints):
        await hand_on(house, anna.member.id, boris.member.id, 101)
    with pytest.raises(PointsOutOfRange):
        await hand_on(house, anna.member.id, boris.member.id, -5)
    with pytest.raises(SameMember):
        await hand_on(house, anna.member.id, anna.member.id, 5)
    with pytest.raises(UnknownMember):
        await hand_on(house, anna.member.id, MemberId("nobody"), 5)
    await house.store.reading.cards.set_state(anna.card.id, CardState.BLOCKED)
    with pytest.raises(CardNotActive):
        await hand_on(house, anna.member.id, boris.member.id, 5)
    assert await house.store.reading.accounts.find(boris.member.id, "points") is None
    await house.verify()


async def test_a_day_has_a_limit_and_the_next_local_day_a_new_one(house: LedgerHouse) -> None:
    await house.agree(transfer_daily_points=50)
    anna, boris = await house.enrol(1), await house.enrol(2)
    await house.buy(anna, points=100)
    await hand_on(house, anna.member.id, boris.member.id, 30)

    with pytest.raises(TransferLimitReached) as refusal:
        await hand_on(house, anna.member.id, boris.member.id, 30, key="t2")

    assert refusal.value.allowed == 20
    house.clock.move(timedelta(hours=13))  # past midnight in Moscow
    await hand_on(house, anna.member.id, boris.member.id, 30, key="t2")
    assert await house.spendable(boris.member.id) == 60


async def test_a_programme_that_allows_no_transfers_has_none(house: LedgerHouse) -> None:
    await house.agree(transfer_daily_points=0)
    anna, boris = await house.enrol(1), await house.enrol(2)
    await house.buy(anna, points=100)

    with pytest.raises(TransferLimitReached):
        await hand_on(house, anna.member.id, boris.member.id, 1)


async def test_points_received_make_good_a_debt_first(house: LedgerHouse) -> None:
    anna, boris = await house.enrol(1), await house.enrol(2)
    given = await house.buy(boris, points=100)
    await house.buy(boris, redeem=90)
    await house.void(given)
    owed = -(await house.account(boris.member.id)).balance
    await house.buy(anna, points=200)

    await hand_on(house, anna.member.id, boris.member.id, owed + 5)

    account = await house.account(boris.member.id)
    assert (account.deficit, account.balance) == (0, 5)
    await house.verify()


async def test_handing_on_and_spending_at_once_never_use_the_same_points(house: LedgerHouse) -> None:
    anna, boris, vera = await house.enrol(1), await house.enrol(2), await house.enrol(3)
    await house.buy(anna, points=100)
    others = [boris.member.id, vera.member.id]

    answers = await asyncio.gather(
        *(hand_on(house, anna.member.id, others[number % 2], 30, key=f"t{number}") for number in range(6)),
        *(house.buy(anna, redeem=30) for _ in range(2)),  # one of them is left out, whoever is quicker
        return_exceptions=True,
    )

    assert all(isinstance(answer, OfferError) for answer in answers if isinstance(answer, BaseException))
    moved = sum(30 for answer in answers if isinstance(answer, LedgerEntry))
    receipts = [answer for answer in answers if isinstance(answer, Receipt)]
    spent = sum(receipt.points_redeemed for receipt in receipts)
    accrued = sum(receipt.points_accrued for receipt in receipts)
    assert await house.spendable(anna.member.id) == 100 + accrued - moved - spent >= 0
    assert sum([await house.spendable(other) for other in others]) == moved > 0
    await house.verify()


async def test_two_members_who_hand_on_to_each_other_at_once_both_succeed(house: LedgerHouse) -> None:
    """In a group of tasks: what is still under way when one fails must not reach into the next test."""
    anna, boris = await house.enrol(1), await house.enrol(2)
    await house.buy(anna, points=200)
    await house.buy(boris, points=200)

    async with asyncio.TaskGroup() as tills:
        for number in range(8):
            tills.create_task(hand_on_patiently(house, anna.member.id, boris.member.id, 5, f"a{number}"))
            tills.create_task(hand_on_patiently(house, boris.member.id, anna.member.id, 7, f"b{number}"))

    assert await house.spendable(anna.member.id) == 200 - 40 + 56
    assert await house.spendable(boris.member.id) == 200 + 40 - 56
    await house.verify()


async def test_points_are_handed_on_by_whoever_speaks_for_a_merged_member(house: LedgerHouse) -> None:
    anna, double, boris = [await house.enrol(number) for number in (1, 2, 3)]
    await house.buy(double, points=100)
    before = await hand_on(house, double.member.id, boris.member.id, 10)
    doubles = Doubles(
        survivor_id=anna.member.id, merged_id=double.member.id, staff_id="olga", reason="one person twice"
    )
    await MergeMembers(house.store, house.clock, secrets.token_bytes)(house.programme, doubles)

    again = await hand_on(house, double.member.id, boris.member.id, 10)
    entry = await hand_on(house, double.member.id, boris.member.id, 40, key="t2")

    assert again == before
    assert (entry.member_id, entry.balance) == (anna.member.id, 50)
    assert await house.spendable(boris.member.id) == 50
    with pytest.raises(SameMember):
        await hand_on(house, anna.member.id, double.member.id, 5, key="t3")
    await house.verify()
