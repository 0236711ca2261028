"""Settling a purchase on the real MongoDB: once, whole, and never over the points there are."""

import asyncio
import secrets
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from offers.flows.enrol_member import Application, EnrolMember, Enrolment
from offers.flows.settle_purchase import SettlePurchase
from offers.flows.void_purchase import VoidPurchase
from offers.model.card import CardState
from offers.model.errors import (
    AmountOutOfRange,
    CardNotActive,
    KeyReused,
    NotEnoughPoints,
    PurchaseInFuture,
    PurchaseTooOld,
    TooManyPointsForPurchase,
    UnknownCheckout,
    VoidWindowClosed,
    WrongCurrency,
)
from offers.model.ids import OutletId
from offers.model.ledger import POINTS
from offers.model.message import Lane
from offers.model.programme import DiscountLevel, Language, LocalText, Terms
from offers.model.purchase import ExplainCode, Line, Purchase, ReceiptState
from offers.store.store import Store
from tests import coffee_house
from tests.clock import SettableClock
from tests.coffee_house import CONSENT

NOON = datetime(2026, 3, 14, 9, 0, tzinfo=UTC)
SILVER = DiscountLevel(name=LocalText(ru="Серебро", en="Silver"), spend_threshold_minor=100_000, discount_bp=500)
PROGRAMME = replace(coffee_house.PROGRAMME, terms=Terms(accrual_bp=1_000, levels=(SILVER,)))
TILL = replace(coffee_house.TILL, programme=PROGRAMME)


@pytest.fixture
def time() -> SettableClock:
    return SettableClock(NOON)


@pytest.fixture
async def enrolment(store: Store, time: SettableClock) -> Enrolment:
    await store.reading.programmes.keep(PROGRAMME)
    enrol = EnrolMember(store, time, secrets.token_bytes)
    application = Application(
        language=Language.RU, source="test", consents=(CONSENT,), phone="+79990000001", telegram_id=7
    )
    return await enrol(PROGRAMME, application)


@pytest.fixture
def settle(store: Store, time: SettableClock) -> SettlePurchase:
    return SettlePurchase(store, time, secrets.token_bytes)


@pytest.fixture
def void(store: Store, time: SettableClock) -> VoidPurchase:
    return VoidPurchase(store, time)


def basket(enrolment: Enrolment, *, order: str = "A-1", amount: int = 50_000, points: int = 0) -> Purchase:
    return Purchase(
        card_id=enrolment.card.id,
        order_ref=order,
        business_day="2026-03-14",
        lines=(Line(sku="c", category="coffee", quantity=Decimal(1), unit_price_minor=amount),),
        currency="RUB",
        points_to_redeem=points,
        at=NOON,
        body_digest=f"{order}:{amount}:{points}",
    )


async def balance(store: Store, enrolment: Enrolment) -> int:
    account = await store.reading.accounts.find(enrolment.member.id, POINTS)
    assert account is not None
    entries = await store.reading.accounts.entries(enrolment.member.id, POINTS)
    held = sum(lot.remaining for lot in account.lots) - account.deficit
    assert sum(entry.points for entry in entries) == account.balance == held
    assert [entry.seq for entry in entries] == list(range(1, account.seq + 1))
    return account.balance


async def test_a_purchase_accrues_points_and_tells_the_outbox_once(
    store: Store, settle: SettlePurchase, enrolment: Enrolment
) -> None:
    receipt = await settle(TILL, basket(enrolment))

    assert (receipt.payable_minor, receipt.points_accrued, receipt.balance) == (50_000, 50, 50)
    assert await balance(store, enrolment) == 50
    assert await store.reading.outbox.waiting(Lane.EVENTS) == 2  # enrolled, settled
    member = await store.reading.members.get(enrolment.member.id)
    assert member is not None
    assert (member.counters.purchases, member.counters.spend_minor) == (1, 50_000)
    assert member.counters.categories[0].category == "coffee"


async def test_the_same_order_asked_again_gives_the_same_receipt(
    store: Store, settle: SettlePurchase, enrolment: Enrolment
) -> None:
    first = await settle(TILL, basket(enrolment))
    await settle(TILL, basket(enrolment, order="A-2"))

    again = await settle(TILL, basket(enrolment))

    assert again == first
    assert await balance(store, enrolment) == 100


async def test_another_body_under_the_same_order_or_key_is_refused(
    settle: SettlePurchase, enrolment: Enrolment
) -> None:
    first = await settle(TILL, replace(basket(enrolment), idempotency_key="key-1"))

    with pytest.raises(KeyReused) as by_order:
        await settle(TILL, basket(enrolment, amount=60_000))
    with pytest.raises(KeyReused):
        await settle(TILL, replace(basket(enrolment, order="A-9"), idempotency_key="key-1"))
    assert by_order.value.earlier_checkout_id == first.id


async def test_an_order_and_a_key_of_two_different_receipts_are_refused_together(
    settle: SettlePurchase, enrolment: Enrolment
) -> None:
    await settle(TILL, replace(basket(enrolment, order="A-1"), idempotency_key="key-1"))
    await settle(TILL, replace(basket(enrolment, order="A-2"), idempotency_key="key-2"))

    with pytest.raises(KeyReused):
        await settle(TILL, replace(basket(enrolment, order="A-1"), idempotency_key="key-2"))


async def test_ten_tills_sending_one_order_at_once_settle_it_once(
    store: Store, settle: SettlePurchase, enrolment: Enrolment
) -> None:
    receipts = await asyncio.gather(*(settle(TILL, basket(enrolment)) for _ in range(10)))

    assert len({receipt.id for receipt in receipts}) == 1
    assert await balance(store, enrolment) == 50


async def test_tills_at_once_never_spend_the_same_points(
    store: Store, settle: SettlePurchase, enrolment: Enrolment
) -> None:
    await settle(TILL, basket(enrolment, amount=1_000_000))  # 1000 points
    orders = [basket(enrolment, order=f"B-{n}", amount=50_000, points=200) for n in range(12)]

    answers = await asyncio.gather(*(settle(TILL, order) for order in orders), return_exceptions=True)

    receipts = [answer for answer in answers if not isinstance(answer, BaseException)]
    refused = [answer for answer in answers if isinstance(answer, BaseException)]
    assert all(isinstance(answer, NotEnoughPoints) for answer in refused)
    spent = sum(receipt.points_redeemed for receipt in receipts)
    accrued = sum(receipt.points_accrued for receipt in receipts)
    assert len(receipts) >= 5
    assert await balance(store, enrolment) == 1000 - spent + accrued


async def test_a_discount_level_counts_from_the_purchase_after_its_threshold(
    settle: SettlePurchase, enrolment: Enrolment
) -> None:
    before = await settle(TILL, basket(enrolment, amount=100_000))

    after = await settle(TILL, basket(enrolment, order="A-2", amount=10_000))

    assert before.discount_minor == 0
    assert (after.discount_bp, after.discount_minor, after.payable_minor) == (500, 500, 9_500)
    assert after.explain[0].code is ExplainCode.LEVEL_APPLIED


async def test_redeemed_points_pay_half_of_the_purchase_at_most(
    store: Store, settle: SettlePurchase, enrolment: Enrolment
) -> None:
    await settle(TILL, basket(enrolment, amount=90_000))  # 90 points

    with pytest.raises(TooManyPointsForPurchase) as refusal:
        await settle(TILL, basket(enrolment, order="A-2", amount=10_000, points=60))
    receipt = await settle(TILL, basket(enrolment, order="A-3", amount=10_000, points=50))

    assert refusal.value.allowed == 50
    assert (receipt.redeemed_minor, receipt.payable_minor, receipt.balance) == (5_000, 5_000, 45)
    assert await balance(store, enrolment) == 45


async def test_a_void_returns_points_to_their_lot_and_takes_the_accrual_back(
    store: Store, settle: SettlePurchase, void: VoidPurchase, enrolment: Enrolment
) -> None:
    await settle(TILL, basket(enrolment, amount=90_000))
    before = await store.reading.accounts.find(enrolment.member.id, POINTS)
    receipt = await settle(TILL, basket(enrolment, order="A-2", amount=10_000, points=50))

    voided = await void(TILL, receipt.id)
    again = await void(TILL, receipt.id)

    after = await store.reading.accounts.find(enrolment.member.id, POINTS)
    assert before is not None
    assert after is not None
    assert voided == again
    assert voided.state is ReceiptState.VOIDED
    assert sum(lot.remaining for lot in after.lots) == 90
    assert {lot.expires_at for lot in after.lots} == {lot.expires_at for lot in before.lots}
    assert await balance(store, enrolment) == 90


async def test_a_void_of_points_already_spent_leaves_a_deficit_the_next_accrual_makes_good(
    store: Store, settle: SettlePurchase, void: VoidPurchase, enrolment: Enrolment
) -> None:
    first = await settle(TILL, basket(enrolment, amount=90_000))
    await settle(TILL, basket(enrolment, order="A-2", amount=18_000, points=90))
    await void(TILL, first.id)

    assert await balance(store, enrolment) == -81
    receipt = await settle(TILL, basket(enrolment, order="A-3", amount=100_000))
    assert receipt.balance == 19


async def test_expired_points_cannot_be_spent_though_nothing_swept_them(
    store: Store, settle: SettlePurchase, enrolment: Enrolment, time: SettableClock
) -> None:
    await settle(TILL, basket(enrolment, amount=90_000))
    time.set_to(NOON + timedelta(days=367))
    late = replace(basket(enrolment, order="A-2", points=10), at=time(), business_day="2027-03-16")

    with pytest.raises(NotEnoughPoints) as refusal:
        await settle(TILL, late)
    assert refusal.value.available == 0
    receipt = await settle(TILL, replace(late, points_to_redeem=0))
    assert receipt.balance == 50
    assert await balance(store, enrolment) == 50


async def test_a_void_is_refused_after_its_day_and_at_another_outlet(
    settle: SettlePurchase, void: VoidPurchase, enrolment: Enrolment, time: SettableClock
) -> None:
    receipt = await settle(TILL, basket(enrolment))
    elsewhere = replace(TILL, outlet=replace(TILL.outlet, id=OutletId("o2")))

    with pytest.raises(UnknownCheckout):
        await void(elsewhere, receipt.id)
    time.set_to(NOON + timedelta(days=1))
    with pytest.raises(VoidWindowClosed):
        await void(TILL, receipt.id)


async def test_absurd_purchases_are_refused_and_leave_nothing(
    store: Store, settle: SettlePurchase, enrolment: Enrolment
) -> None:
    ordinary = basket(enrolment)

    with pytest.raises(WrongCurrency):
        await settle(TILL, replace(ordinary, currency="EUR"))
    with pytest.raises(AmountOutOfRange):
        await settle(TILL, basket(enrolment, amount=0))
    with pytest.raises(AmountOutOfRange):
        await settle(TILL, basket(enrolment, amount=10**13))
    with pytest.raises(PurchaseInFuture):
        await settle(TILL, replace(ordinary, at=NOON + timedelta(hours=1)))
    with pytest.raises(PurchaseTooOld):
        await settle(TILL, replace(ordinary, at=NOON - timedelta(days=31)))
    await store.reading.cards.set_state(enrolment.card.id, CardState.VOIDED)
    with pytest.raises(CardNotActive):
        await settle(TILL, ordinary)
    assert await store.reading.receipts.last_of(enrolment.member.id, limit=5) == []
    assert await store.reading.accounts.find(enrolment.member.id, POINTS) is None
