"""Sales reported afterwards: they only accrue, and come to the same in whatever order they arrive."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

import pytest
import pytest_asyncio

from offers.engine.timeliness import CLOCK_SKEW, LATE_DAYS
from offers.flows.enrol_member import Enrolment
from offers.model.checkout_errors import LateRedemption
from offers.model.errors import PurchaseInFuture, PurchaseTooOld
from offers.model.ids import LotId
from offers.model.ledger import Account, Lot
from offers.model.member import Counters
from offers.model.message import Lane
from offers.model.purchase import ExplainCode
from offers.store.store import Store
from tests.checkout_house import SILVER, TERMS, CheckoutHouse, line, open_checkout_house
from tests.clock import SettableClock
from tests.unit.receipts import dice_of

SECOND = timedelta(seconds=1)


@pytest_asyncio.fixture(loop_scope="session")
async def house(store: Store, clock: SettableClock) -> CheckoutHouse:
    return await open_checkout_house(store, clock)


@pytest_asyncio.fixture(loop_scope="session")
async def member(house: CheckoutHouse) -> Enrolment:
    return await house.enrol(1)


async def test_a_sale_reported_late_only_accrues(house: CheckoutHouse, member: Enrolment) -> None:
    await house.sell(member, line(2_000_000))  # the silver level, 10 % off

    online = await house.sell(member, line(10_000), order="S-2", at=house.clock() - CLOCK_SKEW)
    late = await house.sell(member, line(10_000), order="S-3", at=house.clock() - CLOCK_SKEW - SECOND)

    assert (online.discount_minor, online.payable_minor, online.points_accrued) == (1_000, 9_000, 9)
    assert (late.discount_minor, late.payable_minor, late.points_accrued) == (0, 10_000, 10)
    assert [line.code for line in late.explain] == [ExplainCode.RECEIVED_LATE, ExplainCode.POINTS_ACCRUED]
    assert late.at < late.recorded_at
    await house.verify()


async def test_points_are_not_spent_afterwards(house: CheckoutHouse, member: Enrolment) -> None:
    await house.buy(member, points=100)
    just_now, too_late = house.clock() - CLOCK_SKEW, house.clock() - CLOCK_SKEW - SECOND

    with pytest.raises(LateRedemption) as refusal:
        await house.sell(member, line(10_000), points=10, at=too_late)
    receipt = await house.sell(member, line(10_000), points=10, at=just_now)

    assert refusal.value.minutes == 5
    assert receipt.points_redeemed == 10


async def test_a_sale_that_was_settled_in_time_is_answered_for_ever(house: CheckoutHouse, member: Enrolment) -> None:
    await house.buy(member, points=100)
    purchase = house.purchase(member, line(10_000), points=10)
    first = await house.settle(purchase)
    house.clock.move(timedelta(days=90))

    assert await house.settle(purchase) == first


async def test_the_time_a_till_tells_is_bounded(house: CheckoutHouse, member: Enrolment) -> None:
    at = house.clock()

    with pytest.raises(PurchaseTooOld):
        await house.sell(member, line(10_000), at=at - timedelta(days=LATE_DAYS) - SECOND)
    with pytest.raises(PurchaseInFuture):
        await house.sell(member, line(10_000), at=at + CLOCK_SKEW + SECOND)
    assert (await house.sell(member, line(10_000), at=at - timedelta(days=LATE_DAYS))).points_accrued == 10


async def test_points_of_a_late_sale_live_from_the_day_of_the_sale(house: CheckoutHouse, member: Enrolment) -> None:
    sold_at = house.clock() - timedelta(days=20)

    await house.sell(member, line(10_000), at=sold_at)

    (lot,) = (await house.account(member.member.id)).lots
    assert lot.active_from == sold_at
    assert lot.expires_at is not None
    assert lot.expires_at - sold_at < timedelta(days=366)


async def test_a_late_sale_that_reaches_a_level_says_so_once(house: CheckoutHouse, member: Enrolment) -> None:
    late = house.clock() - timedelta(hours=2)
    for number in range(3):
        await house.sell(member, line(1_000_000), order=f"S-{number}", at=late)

    items = await house.store.reading.outbox.claim(Lane.EVENTS, claim="c", at=house.clock(), lease_s=30)

    told = [(item.payload["discount_bp_before"], item.payload["discount_bp"]) for item in items[1:]]
    assert told == [(0, SILVER.discount_bp), (SILVER.discount_bp, SILVER.discount_bp), (1_000, 1_000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """One sale of a batch that a till kept while it had no connection."""

    order: str
    merchant: str
    amounts: tuple[int, ...]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a batch comes to, whatever names things were given on the way."""

    balance: int
    lots: list[Lot]
    counters: Counters
    accrued: dict[str, int]


def batch_by(dice: Random, at: datetime) -> list[Sale]:
    """A batch of several days and two merchants: lots of one day and funder meet, others do not."""
    return [
        Sale(
            order=f"O-{number}",
            merchant=dice.choice(["m1", "m2"]),
            amounts=tuple(dice.randint(1, 400_000) for _ in range(dice.randint(1, 3))),
            at=at - timedelta(minutes=dice.randint(6, 60 * 24 * 4)),
        )
        for number in range(12)
    ]


def nameless(account: Account) -> list[Lot]:
    """The lots but for their names, which are those of whatever came first."""
    lots = (replace(lot, id=LotId("")) for lot in account.lots)
    return sorted(lots, key=lambda lot: (lot.expires_at, lot.funder))


async def arrive(house: CheckoutHouse, who: Enrolment, batch: Sequence[Sale]) -> Outcome:
    accrued = {}
    for sale in batch:
        lines = [line(amount, category=f"c{amount % 3}") for amount in sale.amounts]
        purchase = house.purchase(who, *lines, order=f"{who.card.id}-{sale.order}", at=sale.at)
        receipt = await house.settle_at(house.till_of(sale.merchant), purchase)
        accrued[sale.order] = receipt.points_accrued
    account = await house.account(who.member.id)
    member = await house.store.reading.members.get(who.member.id)
    assert member is not None
    return Outcome(balance=account.balance, lots=nameless(account), counters=member.counters, accrued=accrued)


@pytest.mark.parametrize("seed", range(8))
async def test_a_shuffled_batch_comes_to_the_same_balances_and_lots(house: CheckoutHouse, seed: int) -> None:
    dice = dice_of(seed)
    await house.agree(levels=TERMS.levels, accrual_bp=dice.choice([333, 1_000]))
    batch = batch_by(dice, house.clock())
    outcomes = []
    for number in range(5):
        arriving = batch if number == 0 else dice.sample(batch, len(batch))
        outcomes.append(await arrive(house, await house.enrol(10 + number), arriving))

    assert all(outcome == outcomes[0] for outcome in outcomes)
    assert len(outcomes[0].lots) > 2
    await house.verify()


@pytest.mark.parametrize("seed", range(4))
async def test_a_batch_sent_twice_and_in_pieces_counts_once(house: CheckoutHouse, seed: int) -> None:
    dice = dice_of(seed)
    batch = batch_by(dice, house.clock())
    once = await arrive(house, await house.enrol(1), batch)
    who = await house.enrol(2)

    await arrive(house, who, dice.sample(batch, 7))
    again = await arrive(house, who, dice.sample(batch, len(batch)))

    assert again == once


@pytest.mark.parametrize("seed", range(6))
async def test_points_of_a_batch_are_spent_alike_whatever_order_it_came_in(house: CheckoutHouse, seed: int) -> None:
    dice = dice_of(seed)
    batch, left = batch_by(dice, house.clock()), []
    for number in range(4):
        who = await house.enrol(10 + number)
        outcome = await arrive(house, who, dice.sample(batch, len(batch)))
        await house.sell(who, line(outcome.balance * 100), order=f"spend-{number}", points=outcome.balance // 3)
        left.append(nameless(await house.account(who.member.id)))

    assert all(lots == left[0] for lots in left)
