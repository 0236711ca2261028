"""Quotes on the real MongoDB: a price that stands, and a fresh price when it cannot stand."""

import asyncio
from datetime import timedelta

import pytest
import pytest_asyncio

from offers.flows.enrol_member import Enrolment
from offers.model.card import CardState
from offers.model.checkout_errors import QuoteSettled, UnknownQuote
from offers.model.errors import CardNotActive, KeyReused, NotEnoughPoints, TooManyPointsForPurchase
from offers.model.message import Lane
from offers.model.quote import QuoteState
from offers.store.store import Store
from tests.checkout_house import SILVER, CheckoutHouse, line, open_checkout_house
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


async def test_a_quote_prices_a_basket_and_moves_nothing(house: CheckoutHouse, member: Enrolment) -> None:
    before = await house.account(member.member.id)

    quote = await house.quote(member, line(20_000), points=40)

    assert (quote.decision.payable_minor, quote.decision.points_accrued) == (16_000, 16)
    assert (quote.decision.points_redeemed, quote.decision.redeemable_points, quote.balance) == (40, 100, 100)
    assert quote.expires_at == house.clock() + QUARTER
    assert await house.quote_now(quote.id) == quote
    assert await house.account(member.member.id) == before
    assert len(await house.store.reading.receipts.last_of(member.member.id, limit=5)) == 1


async def test_what_a_sale_refuses_a_quote_refuses_too(house: CheckoutHouse, member: Enrolment) -> None:
    with pytest.raises(NotEnoughPoints):
        await house.quote(member, line(100_000), points=101)
    with pytest.raises(TooManyPointsForPurchase):
        await house.quote(member, line(10_000), points=51)
    await house.store.reading.cards.set_state(member.card.id, CardState.BLOCKED)
    with pytest.raises(CardNotActive):
        await house.quote(member, line(10_000))


async def test_a_settled_quote_is_a_receipt_at_its_price(house: CheckoutHouse, member: Enrolment) -> None:
    quote = await house.quote(member, line(20_000), points=40)

    receipt = await house.honour(quote)

    assert (receipt.payable_minor, receipt.points_redeemed, receipt.points_accrued) == (16_000, 40, 16)
    assert (receipt.quote_id, receipt.rulebook_digest) == (quote.id, quote.decision.rulebook_digest)
    assert receipt.balance == 76
    settled = await house.quote_now(quote.id)
    assert (settled.state, settled.checkout_id) == (QuoteState.SETTLED, receipt.id)
    assert await house.store.reading.outbox.waiting(Lane.EVENTS) == 3  # enrolled and two sales
    await house.verify()


async def test_a_settlement_sent_again_gives_the_same_receipt_even_on_another_day(
    house: CheckoutHouse, member: Enrolment
) -> None:
    quote = await house.quote(member, line(20_000), points=40)
    settlement = house.settlement(quote)
    first = await house.honour(quote)

    again = await house.settle_quote(settlement)
    house.clock.move(timedelta(days=2))
    much_later = await house.settle_quote(house.settlement(quote))

    assert first == again == much_later
    assert await house.spendable(member.member.id) == 76


async def test_a_quote_settles_one_order_only(house: CheckoutHouse, member: Enrolment) -> None:
    quote = await house.quote(member, line(20_000))
    receipt = await house.honour(quote)

    with pytest.raises(QuoteSettled) as refusal:
        await house.settle_quote(house.settlement(quote, order="Q-2"))
    with pytest.raises(QuoteSettled):
        await house.hold(quote)
    with pytest.raises(QuoteSettled):
        await house.release(quote)
    with pytest.raises(KeyReused):
        await house.sell(member, line(20_000), order="Q-1")
    assert refusal.value.checkout_id == receipt.id


async def test_ten_tills_that_settle_one_quote_at_once_settle_it_once(house: CheckoutHouse, member: Enrolment) -> None:
    quote = await house.quote(member, line(20_000), points=40)
    settlement = house.settlement(quote)

    receipts = await asyncio.gather(*(house.settle_quote(settlement) for _ in range(10)))

    assert len({receipt.id for receipt in receipts}) == 1
    assert await house.spendable(member.member.id) == 76
    await house.verify()


async def test_ten_orders_of_one_quote_at_once_settle_one(house: CheckoutHouse, member: Enrolment) -> None:
    quote = await house.quote(member, line(20_000), points=40)
    settlements = [house.settlement(quote, order=f"Q-{number}") for number in range(10)]

    answers = await asyncio.gather(*(house.settle_quote(each) for each in settlements), return_exceptions=True)

    refused = [answer for answer in answers if isinstance(answer, QuoteSettled)]
    assert len(refused) == 9
    assert await house.spendable(member.member.id) == 76


async def test_another_outlet_knows_nothing_of_a_quote(house: CheckoutHouse, member: Enrolment) -> None:
    quote = await house.quote(member, line(20_000))
    elsewhere = house.till_of("other")

    with pytest.raises(UnknownQuote):
        await house.settle_quote(house.settlement(quote), till=elsewhere)
    with pytest.raises(UnknownQuote):
        await house.hold(quote, till=elsewhere)


async def test_the_price_stands_though_the_terms_change_until_the_quote_expires(
    house: CheckoutHouse, member: Enrolment
) -> None:
    quote = await house.quote(member, line(20_000))
    await house.agree(accrual_bp=100)
    house.clock.move(QUARTER - timedelta(seconds=1))

    receipt = await house.honour(quote)

    assert receipt.points_accrued == quote.decision.points_accrued == 20


async def test_an_expired_quote_that_still_costs_the_same_is_settled(house: CheckoutHouse, member: Enrolment) -> None:
    quote = await house.quote(member, line(20_000), points=40)
    house.clock.move(timedelta(hours=3))

    receipt = await house.honour(quote)

    assert (receipt.payable_minor, receipt.points_redeemed) == (16_000, 40)


async def test_an_expired_quote_with_another_price_gives_a_fresh_one(house: CheckoutHouse, member: Enrolment) -> None:
    quote = await house.quote(member, line(20_000))
    await house.agree(accrual_bp=100)
    house.clock.move(QUARTER)

    fresh = await house.refuse(house.settlement(quote))

    assert fresh.decision.points_accrued == 2
    assert (await house.honour(fresh)).points_accrued == 2
    await house.verify()


async def test_a_level_reached_meanwhile_neither_raises_nor_lowers_the_quoted_price(
    house: CheckoutHouse, member: Enrolment
) -> None:
    quote = await house.quote(member, line(20_000))
    await house.sell(member, line(2_000_000))
    assert (await house.quote(member, line(20_000))).decision.discount_bp == SILVER.discount_bp

    receipt = await house.honour(quote)

    assert (receipt.discount_minor, receipt.payable_minor) == (0, 20_000)


async def test_points_spent_meanwhile_give_a_fresh_quote_with_those_that_are_left(
    house: CheckoutHouse, member: Enrolment
) -> None:
    quote = await house.quote(member, line(20_000), points=80)
    await house.sell(member, line(20_000), points=70)  # 100 - 70 + 13

    fresh = await house.refuse(house.settlement(quote))

    assert fresh.decision.points_redeemed == 43
    assert fresh.basket.points_to_redeem == 43
    assert await house.spendable(member.member.id) == 43
    assert (await house.honour(fresh)).points_redeemed == 43
    await house.verify()


async def test_other_goods_than_those_quoted_give_a_fresh_quote_of_them(
    house: CheckoutHouse, member: Enrolment
) -> None:
    quote = await house.quote(member, line(20_000), points=40)
    sold = [line(20_000), line(5_000, sku="bun")]

    fresh = await house.refuse(house.settlement(quote, lines=sold))
    same = await house.honour(quote, lines=(line(20_000),))

    assert (fresh.decision.total_minor, fresh.decision.points_redeemed) == (25_000, 40)
    assert same.total_minor == 20_000


async def test_a_card_blocked_meanwhile_settles_nothing(house: CheckoutHouse, member: Enrolment) -> None:
    quote = await house.hold(await house.quote(member, line(20_000), points=40))
    await house.store.reading.cards.set_state(member.card.id, CardState.BLOCKED)

    with pytest.raises(CardNotActive):
        await house.settle_quote(house.settlement(quote))
