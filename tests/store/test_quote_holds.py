"""Holds of quotes on the real MongoDB: points kept for one purchase, and free again by themselves."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from offers.engine.holds import MAX_HOLDS, free, held
from offers.flows.enrol_member import Enrolment
from offers.flows.release_hold import ReleaseHold
from offers.flows.transfer_points import Transfer, TransferPoints
from offers.model.checkout_errors import QuoteExpired, QuoteSettled, TooManyHolds
from offers.model.errors import NotEnoughPoints
from offers.model.purchase import ExplainCode
from offers.model.quote import QuoteState
from offers.store.store import Store
from service.sweeper import Sweeper
from tests.checkout_house import CheckoutHouse, line, open_checkout_house
from tests.clock import SettableClock

QUARTER = timedelta(minutes=15)


@pytest_asyncio.fixture(loop_scope="session")
async def house(store: Store, clock: SettableClock) -> CheckoutHouse:
    return await open_checkout_house(store, clock)


@pytest_asyncio.fixture(loop_scope="session")
async def member(house: CheckoutHouse) -> Enrolment:
    """A member with 100 points."""
    enrolment = await house.enrol(1)
    await house.buy(enrolment, points=100)
    return enrolment


async def test_held_points_are_there_for_no_other_till(house: CheckoutHouse, member: Enrolment) -> None:
    quote = await house.hold(await house.quote(member, line(20_000), points=80))
    account = await house.account(member.member.id)

    with pytest.raises(NotEnoughPoints) as refusal:
        await house.sell(member, line(20_000), points=21)
    with pytest.raises(NotEnoughPoints):
        await house.quote(member, line(20_000), points=21)
    other = await house.sell(member, line(4_000), points=20)
    receipt = await house.honour(quote)

    assert (refusal.value.available, held(account, house.clock()), account.balance) == (20, 80, 100)
    assert other.balance == 82  # what the member has: 80 of it are held
    assert receipt.points_redeemed == 80
    assert (await house.account(member.member.id)).holds == ()
    await house.verify()


async def test_held_points_are_not_handed_on_to_another_member(house: CheckoutHouse, member: Enrolment) -> None:
    await house.agree(transfer_daily_points=1_000)
    friend = await house.enrol(2)
    await house.hold(await house.quote(member, line(20_000), points=80))
    transfer = Transfer(sender_id=member.member.id, receiver_id=friend.member.id, points=21, key="t-1")

    with pytest.raises(NotEnoughPoints) as refusal:
        await TransferPoints(house.store, house.clock, bytes)(house.programme, transfer)

    assert refusal.value.available == 20


async def test_tills_that_hold_at_once_never_hold_the_same_points(house: CheckoutHouse, member: Enrolment) -> None:
    quotes = [await house.quote(member, line(20_000), points=30) for _ in range(8)]

    answers = await asyncio.gather(*(house.hold(quote) for quote in quotes), return_exceptions=True)

    assert sum(isinstance(answer, NotEnoughPoints) for answer in answers) == 5
    assert held(await house.account(member.member.id), house.clock()) == 90


async def test_a_hold_ends_by_itself_though_nothing_sweeps(house: CheckoutHouse, member: Enrolment) -> None:
    quote = await house.hold(await house.quote(member, line(20_000), points=80))
    house.clock.move(QUARTER)

    receipt = await house.sell(member, line(20_000), points=90)

    assert receipt.points_redeemed == 90
    assert (await house.quote_now(quote.id)).state_at(house.clock()) is QuoteState.OPEN
    fresh = await house.refuse(house.settlement(quote))
    assert fresh.decision.points_redeemed == 21  # 100 - 90 + 11
    await house.verify()


async def test_a_hold_may_be_renewed_for_two_hours_and_the_price_with_it(
    house: CheckoutHouse, member: Enrolment
) -> None:
    quote = await house.quote(member, line(20_000), points=80)
    for _ in range(11):
        quote = await house.hold(quote)
        house.clock.move(timedelta(minutes=10))
    assert quote.held_until == quote.expires_at == house.clock() + timedelta(minutes=5)
    await house.agree(accrual_bp=100)

    last = await house.hold(quote)
    house.clock.move(timedelta(minutes=9))
    receipt = await house.honour(quote)

    assert last.held_until == quote.made_at + timedelta(hours=2)
    assert (receipt.points_redeemed, receipt.points_accrued) == (80, 12)
    with pytest.raises(QuoteSettled):
        await house.hold(quote)


async def test_a_quote_that_expired_or_was_held_for_two_hours_is_held_no_more(
    house: CheckoutHouse, member: Enrolment
) -> None:
    short = await house.quote(member, line(20_000), points=40)
    long = await house.quote(member, line(20_000), points=40)
    for _ in range(12):
        await house.hold(long)
        house.clock.move(timedelta(minutes=10))

    with pytest.raises(QuoteExpired):
        await house.hold(short)
    with pytest.raises(QuoteExpired):
        await house.hold(long)
    assert free(await house.account(member.member.id), house.clock()) == 100


async def test_a_released_hold_frees_the_points_and_leaves_the_quote(house: CheckoutHouse, member: Enrolment) -> None:
    quote = await house.hold(await house.quote(member, line(20_000), points=80))

    released = await house.release(quote)
    again = await house.release(quote)

    assert released.state is again.state is QuoteState.OPEN
    assert (await house.account(member.member.id)).holds == ()
    assert (await house.sell(member, line(4_000), points=20)).points_redeemed == 20
    assert (await house.honour(quote)).points_redeemed == 80


async def test_holding_twice_holds_once(house: CheckoutHouse, member: Enrolment) -> None:
    quote = await house.quote(member, line(20_000), points=80)

    await asyncio.gather(*(house.hold(quote) for _ in range(5)))

    account = await house.account(member.member.id)
    assert [hold.points for hold in account.holds] == [80]


async def test_twenty_purchases_hold_points_of_one_card_at_most(house: CheckoutHouse, member: Enrolment) -> None:
    for _ in range(MAX_HOLDS):
        await house.hold(await house.quote(member, line(1_000), points=1))

    with pytest.raises(TooManyHolds):
        await house.hold(await house.quote(member, line(1_000), points=1))


async def test_a_price_is_held_without_points_too(house: CheckoutHouse, member: Enrolment) -> None:
    quote = await house.hold(await house.quote(member, line(20_000)))

    assert quote.state is QuoteState.HELD
    assert (await house.account(member.member.id)).holds == ()


async def test_the_sweeper_clears_what_is_over_and_leaves_what_was_renewed(
    house: CheckoutHouse, member: Enrolment
) -> None:
    over = await house.hold(await house.quote(member, line(20_000), points=30))
    renewed = await house.hold(await house.quote(member, line(20_000), points=40))
    house.clock.move(timedelta(minutes=10))
    await house.hold(renewed)
    house.clock.move(timedelta(minutes=6))

    released = await ReleaseHold(house.store, house.clock).lapsed()
    await Sweeper(house.store, house.clock).step()

    assert released == 1
    assert (await house.quote_now(over.id)).state is QuoteState.OPEN
    assert (await house.quote_now(renewed.id)).state is QuoteState.HELD
    assert [hold.points for hold in (await house.account(member.member.id)).holds] == [40]


async def test_points_that_run_out_while_they_are_held_give_a_fresh_quote(
    house: CheckoutHouse, member: Enrolment
) -> None:
    house.clock.set_to(datetime(2027, 3, 14, 20, 50, tzinfo=UTC))  # ten minutes before the points' last midnight
    quote = await house.hold(await house.quote(member, line(20_000), points=80))
    house.clock.move(timedelta(minutes=12))

    fresh = await house.refuse(house.settlement(quote))

    assert fresh.decision.points_redeemed == 0
    assert fresh.decision.payable_minor == 20_000
    receipt = await house.honour(fresh)
    assert ExplainCode.POINTS_NOT_ASKED in {explanation.code for explanation in receipt.explain}
    await house.verify()
