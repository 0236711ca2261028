"""Offers at the till: decided by the programme's rulebook, limited things taken once, and everything told."""

import asyncio
import secrets
from dataclasses import replace
from datetime import timedelta

import pytest
import pytest_asyncio

from offers.engine.voucher_codes import make_codes
from offers.flows.release_takes import ReleaseLapsed
from offers.flows.reserve_limits import ReserveLimits, Wanted, order_cause
from offers.model.benefit import AmountOff, ExtraPoints
from offers.model.budget import CountedFor, Measure
from offers.model.errors import KeyReused
from offers.model.limit_errors import CodeOfNoOffer, UnknownVoucher, VoucherTypo
from offers.model.offer import Lane, OfferState, Reach
from offers.model.purchase import ExplainCode, Receipt
from offers.model.quote import QuoteState
from offers.model.returns import GoodsBack
from offers.store.store import Store
from tests.checkout_house import line
from tests.clock import SettableClock
from tests.offer_house import OfferHouse, open_offer_house, reasons


@pytest_asyncio.fixture
async def house(store: Store, clock: SettableClock) -> OfferHouse:
    return await open_offer_house(store, clock)


async def test_a_sale_is_decided_by_the_offers_of_the_programme(house: OfferHouse) -> None:
    anna = await house.enrol(1)
    await house.write(house.offer("tenth"), house.offer("later", active_from=house.clock() + timedelta(days=1)))

    receipt = await house.sell(anna, line(10_000), line(5_000, sku="bun"))

    assert (receipt.total_minor, receipt.discount_minor, receipt.payable_minor) == (15_000, 1_500, 13_500)
    assert reasons(receipt) == {"tenth": ExplainCode.OFFER_APPLIED, "later": ExplainCode.OFFER_NOT_ACTIVE}
    assert [offer.offer_id for offer in receipt.offers] == [f"{house.programme.id}.tenth"]


async def test_a_changed_rulebook_holds_from_the_next_sale_on_and_drafts_are_nobodys_business(
    house: OfferHouse,
) -> None:
    anna = await house.enrol(1)
    await house.write(house.offer("tenth"))
    first = await house.sell(anna, line(10_000), order="S-1")
    await house.write(
        house.offer("tenth", state=OfferState.PAUSED),
        house.offer("draft", state=OfferState.DRAFT),
        house.offer("gone", state=OfferState.ARCHIVED),
    )

    second = await house.sell(anna, line(10_000), order="S-2")

    assert (first.discount_minor, second.discount_minor) == (1_000, 0)
    assert reasons(second) == {"tenth": ExplainCode.OFFER_NOT_ACTIVE}
    assert first.rulebook_digest != second.rulebook_digest


async def test_a_budget_is_taken_with_the_receipt_and_comes_back_with_its_void(house: OfferHouse) -> None:
    anna = await house.enrol(1)
    await house.write(house.offer("tenth"))
    uses, money = await house.budget("tenth", 2), await house.budget("tenth", 5_000, measure=Measure.MONEY)

    receipt = await house.sell(anna, line(10_000))
    again = await house.sell(anna, line(10_000))

    assert again == receipt
    assert (await house.left(uses), await house.left(money)) == (1, 4_000)
    await house.void(receipt)
    assert (await house.left(uses), await house.left(money)) == (2, 5_000)
    assert await house.leaks() == []


async def test_what_is_left_of_a_budget_caps_the_discount_and_then_ends_it(house: OfferHouse) -> None:
    anna = await house.enrol(1)
    await house.write(house.offer("tenth"))
    money = await house.budget("tenth", 1_200, measure=Measure.MONEY)

    told = [await house.sell(anna, line(10_000), order=f"S-{number}") for number in range(3)]

    assert [receipt.discount_minor for receipt in told] == [1_000, 200, 0]
    assert [reasons(receipt)["tenth"] for receipt in told] == [
        ExplainCode.OFFER_APPLIED,
        ExplainCode.OFFER_CAPPED,
        ExplainCode.OFFER_EXHAUSTED,
    ]
    assert await house.left(money) == 0


async def test_tills_at_once_never_give_more_than_the_budget_holds(house: OfferHouse) -> None:
    members = [await house.enrol(number) for number in range(12)]
    await house.write(house.offer("tenth"))
    budget = await house.budget("tenth", 5)

    receipts = await asyncio.gather(
        *(house.sell(member, line(10_000), order=f"S-{place}") for place, member in enumerate(members))
    )

    assert sorted(receipt.discount_minor for receipt in receipts) == [0] * 7 + [1_000] * 5
    assert await house.left(budget) == 0
    assert await house.leaks() == []


async def test_each_member_has_a_budget_of_their_own(house: OfferHouse) -> None:
    anna, boris = await house.enrol(1), await house.enrol(2)
    await house.write(house.offer("gift", ExtraPoints(points=50), lane=Lane.ACCRUAL))
    await house.budget("gift", 50, measure=Measure.POINTS, counted_for=CountedFor.MEMBER)

    told = [await house.sell(who, line(10_000), order=f"S-{place}") for place, who in enumerate((anna, anna, boris))]

    assert [receipt.points_accrued for receipt in told] == [60, 10, 60]


async def test_a_coupon_is_used_up_by_its_sale_and_a_second_one_says_why_not(house: OfferHouse) -> None:
    anna = await house.enrol(1)
    await house.write(house.offer("off", AmountOff(amount_minor=3_000), lane=Lane.COUPON, reach=Reach.COUPON))
    coupon = await house.coupon("off", anna.member.id)

    without = await house.settle(house.sale(anna, line(10_000), order="S-0"))
    used = await house.settle(house.sale(anna, line(10_000), order="S-1", codes=(coupon,)))
    late = await house.settle(house.sale(anna, line(10_000), order="S-2", codes=(coupon,)))

    assert [each.discount_minor for each in (without, used, late)] == [0, 3_000, 0]
    assert [reasons(each)["off"] for each in (without, used, late)] == [
        ExplainCode.OFFER_NEEDS_CODE,
        ExplainCode.OFFER_APPLIED,
        ExplainCode.OFFER_CODE_REFUSED,
    ]


async def test_a_coupon_of_another_member_gives_nothing(house: OfferHouse) -> None:
    anna, boris = await house.enrol(1), await house.enrol(2)
    await house.write(house.offer("off", AmountOff(amount_minor=3_000), lane=Lane.COUPON, reach=Reach.COUPON))
    coupon = await house.coupon("off", anna.member.id)

    receipt = await house.settle(house.sale(boris, line(10_000), order="S-1", codes=(coupon,)))

    assert (receipt.discount_minor, reasons(receipt)["off"]) == (0, ExplainCode.OFFER_CODE_REFUSED)


async def test_a_returned_sale_gives_the_voucher_back(house: OfferHouse) -> None:
    anna = await house.enrol(1)
    await house.write(house.offer("off", AmountOff(amount_minor=3_000), lane=Lane.COUPON, reach=Reach.VOUCHER))
    code = await house.voucher("off")
    receipt = await house.settle(house.sale(anna, line(10_000), order="S-1", codes=(code,)))

    await house.bring_back(receipt, GoodsBack(line=0, quantity=None, amount_minor=10_000))

    again = await house.settle(house.sale(anna, line(10_000), order="S-2", codes=(code.lower(),)))
    assert (receipt.discount_minor, again.discount_minor) == (3_000, 3_000)


async def test_a_code_that_is_none_is_refused_at_its_place_and_nothing_is_kept(house: OfferHouse) -> None:
    anna = await house.enrol(1)
    await house.write(house.offer("off", lane=Lane.COUPON, reach=Reach.VOUCHER))
    code = await house.voucher("off")
    stray = await house.voucher("forgotten")

    for wrong, refusal, field in (
        ("what is this", VoucherTypo, "/coupon_codes/1"),
        (make_codes(secrets.token_bytes, 1)[0], UnknownVoucher, "/coupon_codes/1"),
        (stray, CodeOfNoOffer, "/coupon_codes"),
    ):
        with pytest.raises(refusal) as refused:
            await house.settle(house.sale(anna, line(10_000), order="S-1", codes=(code, wrong)))
        house.clock.move(timedelta(minutes=1))  # a guess is answered by a pause
        assert refused.value.field == field  # type: ignore[attr-defined]  # all three name the field
    assert await house.store.reading.receipts.by_order_ref(house.till.outlet.id, "S-1") == []


async def test_a_settlement_that_was_broken_off_lets_go_of_what_it_held(house: OfferHouse) -> None:
    anna = await house.enrol(1)
    await house.write(house.offer("tenth"))
    budget = await house.budget("tenth", 1)
    sale = house.sale(anna, line(10_000), order="S-1")
    await _hold_for(house, sale.order_ref, sale.business_day, anna, budget.id)
    assert await house.left(budget) == 0

    receipt = await house.settle(sale)

    assert (receipt.discount_minor, await house.left(budget)) == (1_000, 0)
    assert await house.leaks() == []


async def test_what_a_killed_settlement_held_comes_back_by_itself(house: OfferHouse) -> None:
    anna = await house.enrol(1)
    await house.write(house.offer("tenth"))
    budget = await house.budget("tenth", 1)
    await _hold_for(house, "S-1", "2026-03-14", anna, budget.id)

    house.clock.move(timedelta(minutes=16))
    await ReleaseLapsed(house.store, house.clock)()

    assert await house.left(budget) == 1


async def test_an_order_sent_again_with_another_coupon_is_another_order(house: OfferHouse) -> None:
    anna = await house.enrol(1)
    await house.write(house.offer("off", lane=Lane.COUPON, reach=Reach.COUPON))
    coupon = await house.coupon("off")
    sale = house.sale(anna, line(10_000), order="S-1")
    await house.settle(sale)

    with pytest.raises(KeyReused):
        await house.settle(replace(sale, codes=(coupon,), body_digest="other"))


async def test_a_quote_honours_its_offer_after_the_offer_ended(house: OfferHouse) -> None:
    anna = await house.enrol(1)
    await house.write(house.offer("tenth", active_until=house.clock() + timedelta(minutes=2)))
    quote = await house.quote_with(anna, line(10_000))
    house.clock.move(timedelta(minutes=5))

    receipt = await house.honour(quote)

    assert receipt.discount_minor == 1_000
    assert (await house.sell(anna, line(10_000), order="S-2")).discount_minor == 0


async def test_a_coupon_used_meanwhile_gives_a_fresh_quote(house: OfferHouse) -> None:
    anna = await house.enrol(1)
    await house.write(house.offer("off", AmountOff(amount_minor=3_000), lane=Lane.COUPON, reach=Reach.COUPON))
    coupon = await house.coupon("off", anna.member.id)
    quote = await house.quote_with(anna, line(10_000), codes=(coupon,))
    await house.settle(house.sale(anna, line(10_000), order="S-1", codes=(coupon,)))

    fresh = await house.refuse(house.settlement(quote))

    assert (quote.decision.payable_minor, fresh.decision.payable_minor) == (7_000, 10_000)
    assert reasons(fresh)["off"] is ExplainCode.OFFER_CODE_REFUSED


async def test_a_held_quote_keeps_its_budget_from_others_until_it_is_released(house: OfferHouse) -> None:
    anna, boris = await house.enrol(1), await house.enrol(2)
    await house.write(house.offer("tenth"))
    budget = await house.budget("tenth", 1)
    quote = await house.hold(await house.quote_with(anna, line(10_000)))

    meanwhile = await house.sell(boris, line(10_000), order="S-1")
    await house.release(quote)
    later = await house.sell(boris, line(10_000), order="S-2")

    assert (meanwhile.discount_minor, later.discount_minor) == (0, 1_000)
    fresh = await house.refuse(house.settlement(quote))
    assert (fresh.state, fresh.decision.discount_minor, await house.left(budget)) == (QuoteState.OPEN, 0, 0)


async def test_a_quote_settled_twice_takes_its_budget_once(house: OfferHouse) -> None:
    anna = await house.enrol(1)
    await house.write(house.offer("tenth"))
    budget = await house.budget("tenth", 5)
    quote = await house.quote_with(anna, line(10_000))
    settlement = house.settlement(quote)

    told = await asyncio.gather(*(house.settle_quote(settlement) for _ in range(4)))

    assert all(isinstance(each, Receipt) and each == told[0] for each in told)
    assert await house.left(budget) == 4
    assert await house.leaks() == []


async def _hold_for(house: OfferHouse, order_ref: str, business_day: str, who: object, budget_id: str) -> None:
    """Hold what a settlement holds that is killed before it settles."""
    quote = await house.quote_with(who, line(10_000))
    cause = order_cause(house.till.outlet.id, business_day, order_ref)
    wanted = Wanted(cause=cause, till=house.till, member_id=quote.member_id, offers=quote.decision.offers)
    await ReserveLimits(house.store, house.clock).hold(wanted, until=house.clock() + timedelta(minutes=15))
    assert await house.store.reading.takes.of_cause(cause), budget_id
