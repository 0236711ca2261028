"""What a return does to points and counters: back to their lots, back as the terms say, back with grace."""

from datetime import timedelta
from decimal import Decimal

import pytest
import pytest_asyncio

from offers.flows.enrol_member import Enrolment
from offers.flows.react_to_event import ReactToEvent
from offers.flows.recount_members import RecountMembers
from offers.model.card import Announcement
from offers.model.checkout_errors import AlreadyReturned, AlreadyVoided, NothingToReturn
from offers.model.events import PurchaseReturned
from offers.model.ledger import ReturnPolicy
from offers.model.message import Lane
from offers.model.purchase import ReceiptState
from offers.model.returns import GoodsBack
from offers.store.store import Store
from tests.checkout_house import SILVER, CheckoutHouse, line, open_checkout_house
from tests.clock import SettableClock
from tests.returned_goods import amount, lots, member_now, member_with_two_lots, three_lines


@pytest_asyncio.fixture(loop_scope="session")
async def house(store: Store, clock: SettableClock) -> CheckoutHouse:
    return await open_checkout_house(store, clock)


@pytest_asyncio.fixture(loop_scope="session")
async def member(house: CheckoutHouse) -> Enrolment:
    return await member_with_two_lots(house)


async def test_a_void_undoes_what_the_returns_left(house: CheckoutHouse, member: Enrolment) -> None:
    before = await lots(house, member)
    receipt = await three_lines(house, member)
    await house.bring_back(receipt, amount(3_333))

    voided = await house.void(receipt)

    assert voided.state is ReceiptState.VOIDED
    assert await lots(house, member) == before
    assert (await member_now(house, member)).counters.purchases == 2
    with pytest.raises(AlreadyVoided):
        await house.bring_back(receipt, ref="R-2")
    assert (await house.bring_back(receipt, amount(3_333))).return_ref == "R-1"  # asked again, answered again
    await house.verify()


async def test_of_a_returned_purchase_nothing_is_left_to_void_or_return(
    house: CheckoutHouse, member: Enrolment
) -> None:
    receipt = await three_lines(house, member)
    await house.bring_back(receipt)

    with pytest.raises(AlreadyReturned):
        await house.void(receipt)
    with pytest.raises(NothingToReturn):
        await house.bring_back(receipt, ref="R-2")


async def test_goods_come_back_after_the_business_day_too(house: CheckoutHouse, member: Enrolment) -> None:
    receipt = await three_lines(house, member)
    house.clock.move(timedelta(days=40))

    made = await house.bring_back(receipt)

    assert (made.is_whole, made.points_returned) == (True, 80)
    await house.verify()


async def test_points_that_ran_out_meanwhile_come_back_with_grace(house: CheckoutHouse, member: Enrolment) -> None:
    receipt = await house.sell(member, line(20_000), points=60)  # the whole first lot
    house.clock.move(timedelta(days=363))

    made = await house.bring_back(receipt, amount(10_000))

    account = await house.account(member.member.id)
    assert made.points_returned == 30
    assert await house.spendable(member.member.id) > 0
    assert house.clock() + timedelta(days=14) in {lot.expires_at for lot in account.lots}
    await house.verify()


@pytest.mark.parametrize(
    ("policy", "taken_back", "balance"),
    [(ReturnPolicy.UNLIMITED, 100, -90), (ReturnPolicy.WITHIN_BALANCE, 10, 0), (ReturnPolicy.ONLY_PENDING, 0, 10)],
)
async def test_spent_accruals_are_taken_back_as_the_terms_say(
    house: CheckoutHouse, policy: ReturnPolicy, taken_back: int, balance: int
) -> None:
    await house.agree(return_policy=policy)
    who = await house.enrol(2)
    receipt = await house.sell(who, line(100_000))
    await house.sell(who, line(20_000), order="S-2", points=100)  # accrues 10

    made = await house.bring_back(receipt)

    assert made.points_taken_back == taken_back
    assert (await house.account(who.member.id)).balance == balance
    await house.verify()


@pytest.mark.parametrize("policy", ReturnPolicy)
async def test_pending_accruals_are_taken_back_under_every_policy(house: CheckoutHouse, policy: ReturnPolicy) -> None:
    await house.agree(return_policy=policy, pending_days=14)
    who = await house.enrol(2)
    receipt = await house.sell(who, line(100_000))
    house.clock.move(timedelta(days=5))

    made = await house.bring_back(receipt, amount(60_000))

    assert made.points_taken_back == 60
    assert (await house.account(who.member.id)).balance == 40
    await house.verify()


async def test_the_discount_level_follows_and_the_member_hears_of_it(house: CheckoutHouse, member: Enrolment) -> None:
    receipt = await house.sell(member, line(900_000))
    assert (await house.quote(member, line(10_000))).decision.discount_bp == SILVER.discount_bp
    events = await house.store.reading.outbox.claim(Lane.EVENTS, claim="before", at=house.clock(), lease_s=3_600)
    assert events

    await house.bring_back(receipt, amount(400_000))

    assert (await house.quote(member, line(10_000))).decision.discount_bp == 0
    (item,) = await house.store.reading.outbox.claim(Lane.EVENTS, claim="c", at=house.clock(), lease_s=30)
    assert item.kind == PurchaseReturned.__name__
    assert await ReactToEvent(house.store, house.clock)(item)
    card = await house.store.reading.cards.get(member.card.id)
    assert card is not None
    assert (card.version, card.announcement) == (2, Announcement.BALANCE)
    (told,) = await house.store.reading.outbox.claim(Lane.TELEGRAM, claim="t", at=house.clock(), lease_s=30)
    assert (told.payload["refund_minor"], told.payload["points_taken_back"]) == (400_000, 400)
    assert (told.payload["discount_bp_before"], told.payload["discount_bp"]) == (SILVER.discount_bp, 0)


async def test_recounting_from_the_receipts_comes_to_the_same_counters(house: CheckoutHouse, member: Enrolment) -> None:
    receipt = await three_lines(house, member)
    await house.bring_back(receipt, GoodsBack(line=1, quantity=Decimal(1)), amount(3_333), ref="R-1")
    other = await house.sell(member, line(5_000), order="S-2")
    await house.bring_back(other)
    counted = (await member_now(house, member)).counters
    await house.store.database["members"].update_one({"_id": member.member.id}, {"$set": {"recount_due": 1}})

    await RecountMembers(house.store)(house.programme.id)

    assert (await member_now(house, member)).counters == counted
