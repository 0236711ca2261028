"""Returns on the real MongoDB: points go back to their lots, accruals come back as the terms say, nothing twice."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
import pytest_asyncio

from offers.flows.enrol_member import Enrolment
from offers.flows.find_receipts import FindReceipts
from offers.flows.react_to_event import ReactToEvent
from offers.flows.recount_members import RecountMembers
from offers.model.card import Announcement
from offers.model.checkout_errors import AlreadyReturned, AlreadyVoided, NothingToReturn, OverReturn, UnknownLine
from offers.model.errors import KeyReused, UnknownCheckout
from offers.model.events import PurchaseReturned
from offers.model.ledger import ReturnPolicy
from offers.model.member import Member
from offers.model.message import Lane
from offers.model.purchase import Receipt, ReceiptState
from offers.model.returns import GoodsBack, Return
from offers.store.store import Store
from tests.checkout_house import SILVER, CheckoutHouse, line, open_checkout_house
from tests.clock import SettableClock
from tests.unit.receipts import dice_of, some_goods


@pytest_asyncio.fixture(loop_scope="session")
async def house(store: Store, clock: SettableClock) -> CheckoutHouse:
    return await open_checkout_house(store, clock)


@pytest_asyncio.fixture(loop_scope="session")
async def member(house: CheckoutHouse) -> Enrolment:
    """A member with 100 points in two lots that run out on different days."""
    enrolment = await house.enrol(1, telegram_id=7)
    await house.buy(enrolment, points=60)
    house.clock.move(timedelta(days=3))
    await house.buy(enrolment, points=40)
    return enrolment


def whole(index: int) -> GoodsBack:
    return GoodsBack(line=index, quantity=Decimal(1))


def amount(minor: int, *, index: int = 0) -> GoodsBack:
    return GoodsBack(line=index, amount_minor=minor)


async def three_lines(house: CheckoutHouse, who: Enrolment, *, points: int = 80) -> Receipt:
    """A basket of 300 roubles, of which points pay 80: 22 are accrued."""
    return await house.sell(
        who,
        line(10_000),
        line(4_000, sku="bun", category="bakery", quantity="3"),
        line(8_000, sku="cup", category="things"),
        points=points,
    )


async def lots(house: CheckoutHouse, who: Enrolment) -> dict[object, int]:
    account = await house.account(who.member.id)
    found: dict[object, int] = {}
    for lot in account.lots:
        found[lot.expires_at] = found.get(lot.expires_at, 0) + lot.remaining
    return found


async def member_now(house: CheckoutHouse, who: Enrolment) -> Member:
    found = await house.store.reading.members.get(who.member.id)
    assert found is not None
    return found


async def test_a_line_that_comes_back_undoes_its_own_share(house: CheckoutHouse, member: Enrolment) -> None:
    receipt = await three_lines(house, member)

    made = await house.bring_back(receipt, whole(0))

    (undone,) = made.lines
    assert (undone.total_minor, undone.redeemed_minor, undone.refund_minor) == (10_000, 2_667, 7_333)
    assert (made.points_returned, made.points_taken_back, made.balance) == (27, 7, 100 - 80 + 22 + 27 - 7)
    assert not made.is_whole
    now = await house.now(receipt)
    assert (now.state, now.returned) == (ReceiptState.SETTLED, made.lines)
    assert sum(now.given_back) == 27
    await house.verify()


async def test_parts_of_every_kind_sum_to_the_whole_and_leave_the_account_as_it_was(
    house: CheckoutHouse, member: Enrolment
) -> None:
    before = await lots(house, member)
    counters = (await member_now(house, member)).counters
    receipt = await three_lines(house, member)

    parts = [
        await house.bring_back(receipt, GoodsBack(line=1, quantity=Decimal(1)), amount(3_333), ref="R-1"),
        await house.bring_back(receipt, GoodsBack(line=1, quantity=Decimal("1.5")), ref="R-2"),
        await house.bring_back(receipt, amount(1), whole(2), ref="R-3"),
        await house.bring_back(receipt, ref="R-4"),
    ]

    assert sum(part.refund_minor for part in parts) == receipt.payable_minor
    assert sum(part.points_returned for part in parts) == receipt.points_redeemed == 80
    assert sum(part.points_taken_back for part in parts) == receipt.points_accrued == 22
    assert [part.is_whole for part in parts] == [False, False, False, True]
    assert await lots(house, member) == before
    assert (await house.now(receipt)).state is ReceiptState.RETURNED
    now = (await member_now(house, member)).counters
    assert (now.purchases, now.spend_minor, now.categories) == (
        counters.purchases,
        counters.spend_minor,
        counters.categories,
    )
    await house.verify()


@pytest.mark.parametrize("seed", range(12))
async def test_any_split_leaves_the_same_lots(house: CheckoutHouse, member: Enrolment, seed: int) -> None:
    dice, before = dice_of(seed), await lots(house, member)
    receipt = await three_lines(house, member)

    made: list[Return] = []
    while (now := await house.now(receipt)).state is not ReceiptState.RETURNED:
        goods = some_goods(dice, now) if len(made) < 5 else ()
        made.append(await house.bring_back(receipt, *goods, ref=f"R-{len(made)}"))

    assert sum(part.refund_minor for part in made) == receipt.payable_minor
    assert await lots(house, member) == before
    await house.verify()


async def test_a_return_sent_again_is_the_same_return(house: CheckoutHouse, member: Enrolment) -> None:
    receipt = await three_lines(house, member)

    first = await house.bring_back(receipt, whole(0), key="k-1")
    await house.bring_back(receipt, whole(2), ref="R-2")
    again = await house.bring_back(receipt, whole(0), key="k-1")
    with_another_key = await house.bring_back(receipt, whole(0), key="k-2")

    assert first == again == with_another_key
    returns = await FindReceipts(house.store).returns_of([receipt])
    assert [each.return_ref for each in returns[receipt.id]] == ["R-1", "R-2"]
    await house.verify()


async def test_a_reference_or_key_is_not_used_for_another_return(house: CheckoutHouse, member: Enrolment) -> None:
    receipt = await three_lines(house, member)
    await house.bring_back(receipt, whole(0), ref="R-1", key="k-1")
    await house.bring_back(receipt, whole(2), ref="R-2", key="k-2")
    other = await house.sell(member, line(5_000), order="S-2")
    await house.settle(replace(house.purchase(member, line(5_000), order="S-3"), idempotency_key="k-sale"))

    for goods, ref, key in (
        (whole(1), "R-1", None),  # another body
        (whole(1), "R-9", "k-1"),
        (whole(0), "R-1", "k-2"),  # two returns at once
        (whole(1), "R-9", "k-sale"),  # a sale's
    ):
        with pytest.raises(KeyReused):
            await house.bring_back(receipt, goods, ref=ref, key=key)
    with pytest.raises(KeyReused):
        await house.bring_back(other, whole(0), ref="R-1", key="k-1")
    assert (await house.bring_back(other, whole(0), ref="R-1")).checkout_id == other.id


async def test_ten_tills_that_send_one_return_at_once_return_once(house: CheckoutHouse, member: Enrolment) -> None:
    receipt = await three_lines(house, member)

    made = await asyncio.gather(*(house.bring_back(receipt, whole(0)) for _ in range(10)))

    assert len({each.at for each in made}) == 1
    assert (await house.now(receipt)).returned == made[0].lines
    await house.verify()


async def test_tills_that_return_at_once_never_return_more_than_was_sold(
    house: CheckoutHouse, member: Enrolment
) -> None:
    receipt = await house.sell(member, line(10_000), points=50)

    answers = await asyncio.gather(
        *(house.bring_back(receipt, amount(3_000), ref=f"R-{number}") for number in range(8)), return_exceptions=True
    )

    assert sum(isinstance(answer, OverReturn) for answer in answers) == 5
    assert sum(answer.total_minor for answer in answers if isinstance(answer, Return)) == 9_000
    await house.verify()


async def test_what_cannot_come_back_is_refused_and_changes_nothing(house: CheckoutHouse, member: Enrolment) -> None:
    receipt = await three_lines(house, member)
    before = await house.account(member.member.id)

    with pytest.raises(OverReturn) as refusal:
        await house.bring_back(receipt, whole(0), GoodsBack(line=1, quantity=Decimal("3.001")))
    with pytest.raises(UnknownLine):
        await house.bring_back(receipt, whole(3))
    with pytest.raises(UnknownCheckout):
        await house.bring_back(receipt, whole(0), till=house.till_of("elsewhere"))

    assert (refusal.value.line, refusal.value.quantity_left, refusal.value.left_minor) == (1, "3", 12_000)
    assert await house.now(receipt) == receipt
    after = await house.account(member.member.id)
    assert (after.balance, after.lots, after.seq) == (before.balance, before.lots, before.seq)


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
