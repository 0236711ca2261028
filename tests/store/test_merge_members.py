"""Two enrolments of one person become one, and two again: nothing is made or lost on the way."""

import asyncio
import secrets
from datetime import timedelta

import pytest

from offers.engine.audit_chain import follows
from offers.flows.enrol_member import Enrolment
from offers.flows.merge_members import Doubles, MergeMembers
from offers.flows.top_up_prepaid import TopUp, TopUpPrepaid
from offers.flows.unmerge_members import UnmergeMembers
from offers.model.errors import OfferError, UnknownMember
from offers.model.ids import MemberId
from offers.model.ledger_errors import MemberMerged, ReasonMissing, SameMember, UnknownMerge
from offers.model.merge import Merge
from tests.ledger_house import LedgerHouse


async def merge(house: LedgerHouse, survivor: Enrolment, merged: Enrolment, *, reason: str = "one person") -> Merge:
    doubles = Doubles(survivor_id=survivor.member.id, merged_id=merged.member.id, staff_id="olga", reason=reason)
    return await MergeMembers(house.store, house.clock, secrets.token_bytes)(house.programme, doubles)


async def part(house: LedgerHouse, merge_id: str) -> Merge:
    return await UnmergeMembers(house.store, house.clock)(house.programme, merge_id, staff_id="olga")


async def balance(house: LedgerHouse, who: Enrolment) -> int:
    return (await house.account(who.member.id)).balance


async def test_cards_receipts_counters_points_and_contacts_follow(house: LedgerHouse) -> None:
    anna = await house.enrol(1)
    double = await house.enrol(2, telegram_id=7)
    await house.buy(anna, points=100)
    bought = await house.buy(double, points=60)

    done = await merge(house, anna, double)

    reading = house.store.reading
    survivor = await reading.members.get(anna.member.id)
    assert survivor is not None
    assert survivor.telegram_id == 7
    assert survivor.phone == "+79990000001"
    assert survivor.counters.purchases == 2
    assert (await reading.members.by_phone(house.programme.id, "+79990000002")) == survivor
    assert (await reading.members.by_telegram(house.programme.id, 7)) == survivor
    assert (await reading.members.get(double.member.id)) == survivor
    assert {card.id for card in await reading.cards.all_of_member(survivor.id)} == {anna.card.id, double.card.id}
    assert bought.id in {receipt.id for receipt in await reading.receipts.last_of(survivor.id, limit=5)}
    assert (await balance(house, anna), await balance(house, double)) == (160, 0)
    assert done.receipt_ids == (bought.id,)
    lines = await reading.audit.last(house.programme.id)
    assert [(line.action, line.staff_id, line.subject) for line in lines] == [
        ("members_merged", "olga", anna.member.id)
    ]
    await house.verify()


async def test_after_a_merge_both_cards_earn_and_spend_for_one_member(house: LedgerHouse) -> None:
    anna, double = await house.enrol(1), await house.enrol(2)
    await house.buy(double, points=60)
    await merge(house, anna, double)

    receipt = await house.buy(double, redeem=50)

    assert receipt.member_id == anna.member.id
    assert await house.spendable(anna.member.id) == 10 + receipt.points_accrued
    await house.verify()


async def test_a_purchase_from_before_the_merge_is_voided_after_it(house: LedgerHouse) -> None:
    anna, double = await house.enrol(1), await house.enrol(2)
    await house.buy(anna, points=100)
    bought = await house.buy(double, points=60)
    await merge(house, anna, double)

    await house.void(bought)

    assert await balance(house, anna) == 100
    await house.verify()


async def test_a_debt_follows_and_is_made_good(house: LedgerHouse) -> None:
    anna, double = await house.enrol(1), await house.enrol(2)
    given = await house.buy(double, points=100)
    await house.buy(double, redeem=100)
    await house.void(given)
    owed = -await balance(house, double)
    await house.buy(anna, points=150)

    done = await merge(house, anna, double)

    account = await house.account(anna.member.id)
    assert owed > 0
    assert (account.balance, account.deficit) == (150 - owed, 0)
    await part(house, done.id)
    assert (await balance(house, anna), await balance(house, double)) == (150 - owed, 0)
    await house.verify()


async def test_merged_and_parted_at_once_everything_is_as_it_was(house: LedgerHouse) -> None:
    anna, double = await house.enrol(1), await house.enrol(2, telegram_id=7)
    await house.buy(anna, points=100)
    await house.buy(double, points=60)
    members = [await house.store.reading.members.get(each.member.id) for each in (anna, double)]
    lots = [(await house.account(each.member.id)).lots for each in (anna, double)]

    await part(house, (await merge(house, anna, double)).id)

    assert [await house.store.reading.members.get(each.member.id) for each in (anna, double)] == members
    assert [(await house.account(each.member.id)).lots for each in (anna, double)] == lots
    assert [card.id for card in await house.store.reading.cards.all_of_member(double.member.id)] == [double.card.id]
    await house.verify()


async def test_what_was_spent_in_between_is_borne_by_the_lots_it_was_spent_from(house: LedgerHouse) -> None:
    anna, double = await house.enrol(1), await house.enrol(2)
    await house.buy(double, points=60)  # runs out first
    house.clock.move(timedelta(days=2))
    await house.buy(anna, points=100)
    done = await merge(house, anna, double)
    house.clock.move(timedelta(days=1))
    by_double = await house.buy(double, redeem=80)  # 60 of the double's lot, 20 of Anna's
    by_anna = await house.buy(anna, points=10)
    earned = by_double.points_accrued

    await part(house, done.id)

    assert earned > 0
    assert (await balance(house, anna), await balance(house, double)) == (100 - 20 + 10, earned)
    receipts = await house.store.reading.receipts.last_of(double.member.id, limit=5)
    assert by_double.id in {receipt.id for receipt in receipts}
    assert by_anna.id not in {receipt.id for receipt in receipts}
    counted = [await house.store.reading.members.get(each.member.id) for each in (anna, double)]
    assert [member.counters.purchases for member in counted if member] == [2, 2]
    await house.verify()


async def test_a_purchase_of_in_between_is_voided_after_parting_by_whom_it_belongs_to(house: LedgerHouse) -> None:
    anna, double = await house.enrol(1), await house.enrol(2)
    await house.buy(anna, points=100)
    await house.buy(double, points=60)
    done = await merge(house, anna, double)
    bought = await house.buy(double, redeem=50)
    await part(house, done.id)
    before = await balance(house, double)

    await house.void(bought)

    assert await balance(house, double) == before + 50 - bought.points_accrued
    await house.verify()


async def test_merging_and_parting_twice_is_the_same_as_once(house: LedgerHouse) -> None:
    anna, double = await house.enrol(1), await house.enrol(2)
    await house.buy(double, points=60)

    first, again = await merge(house, anna, double), await merge(house, anna, double)
    parted, parted_again = await part(house, first.id), await part(house, first.id)

    assert again == first
    assert parted_again == parted
    third = await merge(house, anna, double)
    assert third.id != first.id
    assert await balance(house, anna) == 60
    await house.verify()


async def test_what_cannot_be_merged_is_refused(house: LedgerHouse) -> None:
    anna, double, third = await house.enrol(1), await house.enrol(2), await house.enrol(3)
    with pytest.raises(SameMember):
        await merge(house, anna, anna)
    with pytest.raises(ReasonMissing):
        await merge(house, anna, double, reason=" ")
    first = await merge(house, anna, double)

    with pytest.raises(MemberMerged) as refusal:
        await merge(house, third, double)
    assert refusal.value.survivor_id == anna.member.id
    await merge(house, third, anna)
    with pytest.raises(MemberMerged):
        await part(house, first.id)
    with pytest.raises(UnknownMerge):
        await part(house, "none")
    doubles = Doubles(survivor_id=anna.member.id, merged_id=MemberId("x"), staff_id="olga", reason="r")
    with pytest.raises(UnknownMember):
        await MergeMembers(house.store, house.clock, secrets.token_bytes)(house.programme, doubles)


async def test_of_three_merged_one_on_another_the_last_one_speaks_for_all(house: LedgerHouse) -> None:
    anna, double, third = await house.enrol(1), await house.enrol(2), await house.enrol(3)
    for number, each in enumerate((anna, double, third), start=1):
        await house.buy(each, points=10 * number)
    first = await merge(house, double, third)
    second = await merge(house, anna, double)

    found = await house.store.reading.members.by_phone(house.programme.id, "+79990000003")

    assert found is not None
    assert found.id == anna.member.id
    assert await balance(house, anna) == 60
    await part(house, second.id)
    await part(house, first.id)
    assert [await balance(house, each) for each in (anna, double, third)] == [10, 20, 30]
    await house.verify()


async def test_prepaid_money_follows_and_a_payment_sent_again_is_not_taken_twice(house: LedgerHouse) -> None:
    anna, double = await house.enrol(1), await house.enrol(2)
    top_up = TopUpPrepaid(house.store, house.clock, secrets.token_bytes)
    paid = TopUp(member_id=double.member.id, amount_minor=50_000, key="pay-1", funder="m1")
    await top_up(house.programme, paid)

    done = await merge(house, anna, double)
    await top_up(house.programme, paid)

    assert await house.spendable(anna.member.id, "RUB") == 50_000
    await part(house, done.id)
    assert await house.spendable(anna.member.id, "RUB") == 0
    assert await house.spendable(double.member.id, "RUB") == 50_000
    await house.verify()


async def test_a_merge_while_tills_settle_loses_no_purchase(house: LedgerHouse) -> None:
    anna, double = await house.enrol(1), await house.enrol(2)
    await house.buy(anna, points=100)
    await house.buy(double, points=100)

    answers = await asyncio.gather(
        *(house.buy(double, redeem=10) for _ in range(4)),
        merge(house, anna, double),
        *(house.buy(anna, redeem=10) for _ in range(4)),
        return_exceptions=True,
    )

    refused = [answer for answer in answers if isinstance(answer, BaseException)]
    assert all(isinstance(answer, OfferError) for answer in refused)
    assert not refused
    receipts = await house.store.reading.receipts.last_of(anna.member.id, limit=20)
    assert len(receipts) == 10
    member = await house.store.reading.members.get(anna.member.id)
    assert member is not None
    assert member.counters.purchases == 10
    assert await balance(house, double) == 0
    assert await balance(house, anna) == sum(each.points_accrued - each.points_redeemed for each in receipts)
    await house.verify()


async def test_every_line_of_the_audit_follows_the_one_before(house: LedgerHouse) -> None:
    anna, double = await house.enrol(1), await house.enrol(2)
    await part(house, (await merge(house, anna, double)).id)

    lines = [line async for line in house.store.reading.audit.lines(house.programme.id)]

    assert [line.action for line in lines] == ["members_merged", "members_parted"]
    assert follows(lines[1], seq=1, previous=lines[0].digest)


async def test_coupons_follow_and_come_home_but_for_those_the_survivor_has_too(house: LedgerHouse) -> None:
    anna, double = await house.enrol(1), await house.enrol(2)
    grants = [(anna, "welcome"), (double, "welcome"), (double, "birthday")]
    coupons = [
        {"_id": f"c{number}", "programme_id": house.programme.id, "owner": who.member.id, "grant_key": key}
        for number, (who, key) in enumerate(grants)
    ]
    await house.store.database["coupons"].insert_many(coupons)

    done = await merge(house, anna, double)
    merged = await owners(house)
    await part(house, done.id)

    assert done.coupon_ids == ("c2",)
    assert merged == {"c0": anna.member.id, "c1": double.member.id, "c2": anna.member.id}
    assert await owners(house) == {"c0": anna.member.id, "c1": double.member.id, "c2": double.member.id}


async def owners(house: LedgerHouse) -> dict[str, str]:
    found = house.store.database["coupons"].find()
    return {document["_id"]: document["owner"] async for document in found}
