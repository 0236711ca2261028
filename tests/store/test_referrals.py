"""Referrals on the real MongoDB: rewarded once, both of them, and each way to cheat refused with its reason."""

import asyncio
import secrets
from collections.abc import Sequence
from datetime import timedelta

import pytest
import pytest_asyncio

from offers.flows.enrol_member import Application, EnrolMember, Enrolment
from offers.flows.invite_members import Invitation, InviteMembers
from offers.model.errors import ContactTaken
from offers.model.ledger import POINTS
from offers.model.programme import Language, Terms
from offers.model.purchase import Receipt
from offers.model.referral import Referral, ReferralReason, ReferralState, source_of
from offers.model.referral_terms import ReferralTerms
from offers.model.returns import GoodsBack
from offers.store.store import Store
from tests.checkout_house import CheckoutHouse, line, open_checkout_house
from tests.clock import SettableClock
from tests.ledger_house import CONSENT
from tests.store.test_merge_members import merge

REFERRAL = ReferralTerms(
    inviter_points=200, invited_points=100, min_purchase_minor=50_000, pending_days=14, monthly_cap=2
)
REFUSED, WAITING, REWARDED = ReferralState.REFUSED, ReferralState.WAITING, ReferralState.REWARDED


@pytest_asyncio.fixture(loop_scope="session")
async def house(store: Store, clock: SettableClock) -> CheckoutHouse:
    """Purchases give no points of their own, so that those of a reward stand alone."""
    return await open_checkout_house(store, clock, Terms(accrual_bp=0, referral=REFERRAL))


async def invitation(house: CheckoutHouse, who: Enrolment) -> Invitation:
    return await InviteMembers(house.store, house.clock, secrets.token_bytes)(house.programme, who.member.id)


async def join(
    house: CheckoutHouse, inviter: Enrolment, number: int, *, telegram_id: int | None = None, key: str | None = None
) -> Enrolment:
    """Join by a member's link."""
    application = Application(
        language=Language.RU,
        source=source_of((await invitation(house, inviter)).code),
        consents=(CONSENT,),
        phone=f"+7999000{number:04}",
        telegram_id=telegram_id,
        key=key,
    )
    return await EnrolMember(house.store, house.clock, secrets.token_bytes)(house.programme, application)


async def spend(house: CheckoutHouse, who: Enrolment, minor: int = 50_000) -> Receipt:
    house.orders += 1
    return await house.sell(who, line(minor), order=f"S-{house.orders}")


async def came_by(house: CheckoutHouse, who: Enrolment) -> Referral:
    referral = await house.store.reading.referrals.of_invited(who.member.id)
    assert referral is not None
    return referral


async def fate(house: CheckoutHouse, who: Enrolment) -> tuple[ReferralState, ReferralReason | None]:
    referral = await came_by(house, who)
    return referral.state, referral.reason


async def balances(house: CheckoutHouse, *members: Enrolment) -> Sequence[int]:
    accounts = [await house.store.reading.accounts.find(who.member.id, POINTS) for who in members]
    return [account.balance if account else 0 for account in accounts]


async def test_the_first_purchase_that_is_large_enough_rewards_both_once(house: CheckoutHouse) -> None:
    anna = await house.enrol(1)
    boris = await join(house, anna, 2)
    assert boris.is_new

    await spend(house, boris, 49_999)
    small = (await fate(house, boris), await balances(house, anna, boris))
    receipt = await spend(house, boris)
    await spend(house, boris)

    assert small == ((WAITING, ReferralReason.TOO_SMALL), [0, 0])
    assert await balances(house, anna, boris) == [200, 100]
    assert ((await came_by(house, boris)).state, (await came_by(house, boris)).checkout_id) == (REWARDED, receipt.id)
    await house.verify()


async def test_a_till_that_repeats_itself_rewards_nobody_again(house: CheckoutHouse) -> None:
    anna = await house.enrol(1)
    boris = await join(house, anna, 2)
    sale = house.purchase(boris, line(50_000), order="A-1")

    await asyncio.gather(*(house.settle(sale) for _ in range(4)))

    assert await balances(house, anna, boris) == [200, 100]


async def test_the_points_wait_before_they_may_be_spent(house: CheckoutHouse) -> None:
    anna = await house.enrol(1)
    boris = await join(house, anna, 2)
    await spend(house, boris)
    until = (await came_by(house, boris)).pending_until
    assert until is not None

    house.clock.set_to(until - timedelta(milliseconds=1))
    before = [await house.spendable(who.member.id) for who in (anna, boris)]
    house.clock.set_to(until)

    assert before == [0, 0]
    assert [await house.spendable(who.member.id) for who in (anna, boris)] == [200, 100]


@pytest.mark.parametrize("way", ["void", "return"])
async def test_a_purchase_undone_takes_the_reward_with_it(house: CheckoutHouse, way: str) -> None:
    anna = await house.enrol(1)
    boris = await join(house, anna, 2)
    receipt = await spend(house, boris)

    if way == "void":
        await house.void(receipt)
        await house.void(receipt)
    else:
        await house.bring_back(receipt)
        await house.bring_back(receipt)

    assert await balances(house, anna, boris) == [0, 0]
    assert await fate(house, boris) == (WAITING, ReferralReason.PURCHASE_UNDONE)
    await spend(house, boris)
    assert await balances(house, anna, boris) == [200, 100], "nothing was left of the first, so this one is it"
    await house.verify()


async def test_goods_that_come_back_in_part_leave_the_reward(house: CheckoutHouse) -> None:
    anna = await house.enrol(1)
    boris = await join(house, anna, 2)
    receipt = await house.sell(boris, line(30_000, quantity="2"), order="A-1")

    await house.bring_back(receipt, GoodsBack(line=0, quantity=line(1).quantity), ref="R-1")
    part = await balances(house, anna, boris)
    await house.bring_back(receipt, ref="R-2")

    assert (part, await balances(house, anna, boris)) == ([200, 100], [0, 0])


async def test_a_reward_already_spent_is_owed(house: CheckoutHouse) -> None:
    anna = await house.enrol(1)
    boris = await join(house, anna, 2)
    receipt = await spend(house, boris)
    house.clock.move(timedelta(days=20))
    await house.buy(anna, redeem=150)

    await house.bring_back(receipt)

    assert await balances(house, anna, boris) == [-150, 0]


async def test_nobody_brings_themselves(house: CheckoutHouse) -> None:
    anna = await house.enrol(1, telegram_id=7)

    again = await join(house, anna, 1, telegram_id=7)
    await spend(house, anna)

    assert not again.is_new
    assert await fate(house, anna) == (REFUSED, ReferralReason.ONESELF)
    assert await balances(house, anna) == [0]


async def test_a_member_who_was_there_before_was_not_brought(house: CheckoutHouse) -> None:
    anna, boris = await house.enrol(1), await house.enrol(2, telegram_id=8)

    again = await join(house, anna, 2, telegram_id=8)
    await spend(house, boris)

    assert not again.is_new
    assert await fate(house, boris) == (REFUSED, ReferralReason.ALREADY_MEMBER)
    assert await balances(house, anna, boris) == [0, 0]


async def test_a_phone_typed_in_that_is_a_members_leaves_its_reason(house: CheckoutHouse) -> None:
    anna, boris = await house.enrol(1), await house.enrol(2)

    for number in (1, 2):
        with pytest.raises(ContactTaken):
            await join(house, anna, number)

    assert await fate(house, anna) == (REFUSED, ReferralReason.ONESELF)
    assert await fate(house, boris) == (REFUSED, ReferralReason.ALREADY_MEMBER)


async def test_the_same_form_sent_twice_is_one_joining(house: CheckoutHouse) -> None:
    anna = await house.enrol(1)

    first = await join(house, anna, 2, key="form")
    second = await join(house, anna, 2, key="form")

    assert (first.member.id, second.is_new) == (second.member.id, False)
    assert await fate(house, first) == (WAITING, None)


async def test_who_turns_out_to_be_the_inviter_loses_what_was_given(house: CheckoutHouse) -> None:
    anna = await house.enrol(1)
    double = await join(house, anna, 2)
    await spend(house, double)
    assert await balances(house, anna, double) == [200, 100]

    await merge(house, anna, double)

    assert await balances(house, anna) == [0]
    assert await fate(house, double) == (REFUSED, ReferralReason.SAME_PERSON)
    await house.verify()


async def test_who_turns_out_to_have_been_a_member_before_was_not_brought(house: CheckoutHouse) -> None:
    anna, old = await house.enrol(1), await house.enrol(2)
    house.clock.move(timedelta(days=1))
    new = await join(house, anna, 3)

    await merge(house, old, new)
    await spend(house, new)

    assert await fate(house, new) == (REFUSED, ReferralReason.ALREADY_MEMBER)
    assert await balances(house, anna, old) == [0, 0]


async def test_an_inviter_is_rewarded_so_often_a_month_and_no_more(house: CheckoutHouse) -> None:
    anna = await house.enrol(1)
    brought = [await join(house, anna, number) for number in (2, 3, 4)]

    await asyncio.gather(*(spend(house, who) for who in brought))

    fates = sorted([await fate(house, who) for who in brought], key=str)
    assert fates == sorted([(REFUSED, ReferralReason.MONTHLY_CAP), (REWARDED, None), (REWARDED, None)], key=str)
    assert await balances(house, anna) == [400]
    house.clock.move(timedelta(days=31))
    later = await join(house, anna, 5)
    await spend(house, later)
    assert await balances(house, anna) == [600]


async def test_the_first_to_bring_somebody_stays(house: CheckoutHouse) -> None:
    anna, vera = await house.enrol(1), await house.enrol(9)
    boris = await join(house, anna, 2)

    with pytest.raises(ContactTaken):
        await join(house, vera, 2)
    await spend(house, boris)

    assert await balances(house, anna, vera, boris) == [200, 0, 100]


async def test_without_an_offer_nothing_is_noted_and_a_made_up_code_brings_nobody(house: CheckoutHouse) -> None:
    anna = await house.enrol(1)
    stranger = Application(language=Language.RU, source="ref-0000000000", consents=(CONSENT,), phone="+79990009999")
    enrolment = await EnrolMember(house.store, house.clock, secrets.token_bytes)(house.programme, stranger)
    await spend(house, enrolment)
    assert await house.store.reading.referrals.of_invited(enrolment.member.id) is None

    await house.agree(referral=None)
    boris = await join(house, anna, 2)

    assert await house.store.reading.referrals.of_invited(boris.member.id) is None


async def test_a_code_stays_and_everybody_brought_can_be_looked_up(house: CheckoutHouse) -> None:
    anna = await house.enrol(1)
    codes = {each.code for each in await asyncio.gather(*(invitation(house, anna) for _ in range(3)))}
    boris = await join(house, anna, 2)
    await spend(house, boris, 1_000)

    told, his = await invitation(house, anna), await invitation(house, boris)

    assert codes == {told.code}
    assert [(each.id, each.state, each.reason) for each in told.brought] == [
        (boris.member.id, WAITING, ReferralReason.TOO_SMALL)
    ]
    assert his.came_by is not None
    assert his.came_by.inviter_id == anna.member.id
    assert his.code != told.code
