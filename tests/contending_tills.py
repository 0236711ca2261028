"""Purchases of a crowd: whole baskets, quotes and points, at one till of the programme that the crowd rushes at."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal

from offers.engine.calendar import business_day
from offers.flows.hold_quote import HoldQuote
from offers.flows.quote_purchase import QuotePurchase
from offers.flows.settle_purchase import SettlePurchase
from offers.flows.settle_quote import SettleQuote
from offers.model.decision import Basket
from offers.model.errors import Busy, OfferError
from offers.model.ids import CardId, KeyId, MerchantId, OutletId, ProgrammeId
from offers.model.programme import Outlet, Till
from offers.model.purchase import Line, Purchase, Receipt
from offers.model.quote import Quote, QuoteSettlement
from offers.store.store import Store
from service.now import chance, now

PROGRAMME = ProgrammeId("p1")
LINE = Line(sku="latte", category="coffee", quantity=Decimal(1), unit_price_minor=50_000)
TOOK, FULL_PRICE = "took", "full_price"
SETTLED_AGAIN = 30
"""How often a settlement that was told to wait is asked for again."""


async def till_of(store: Store) -> Till:
    programme = await store.reading.programmes.get(PROGRAMME)
    assert programme is not None
    outlet = Outlet(
        id=OutletId("o1"),
        programme_id=PROGRAMME,
        merchant_id=MerchantId("m1"),
        slug="main",
        name="Main",
        zone=programme.zone,
    )
    return Till(programme=programme, outlet=outlet, key_id=KeyId("k1"))


async def sell(store: Store, card: str, order: str) -> str:
    """Settle a whole basket at once; whether it got the offer is what counts."""
    till = await till_of(store)
    return _fate(await SettlePurchase(store, now, chance)(till, _purchase(till, card, order)))


async def buy_with_a_point(store: Store, card: str, order: str) -> str:
    till = await till_of(store)
    await SettlePurchase(store, now, chance)(till, replace(_purchase(till, card, order), points_to_redeem=1))
    return TOOK


async def sell_by_quote(store: Store, card: str, order: str, *, held: bool) -> str:
    """Settle what was quoted, or the fresh quote that comes instead; where `held`, it is held before."""
    till = await till_of(store)
    told: Receipt | Quote = await QuotePurchase(store, now, chance)(
        till, CardId(card), Basket(lines=(LINE,), currency="RUB")
    )
    while isinstance(told, Quote):
        if held:
            await _hold(store, till, told)
        told = await _settle(store, till, told, order)
    return _fate(told)


async def _hold(store: Store, till: Till, quote: Quote) -> None:
    """Hold it if it may be held: what is used up by now, the settlement answers with a fresh quote."""
    with suppress(OfferError):
        await HoldQuote(store, now)(till, quote.id)


async def _settle(store: Store, till: Till, quote: Quote, order: str) -> Receipt | Quote:
    """Ask until there is an answer: a quote that is given up after it was held keeps what it holds for a while."""
    settlement = QuoteSettlement(
        quote_id=quote.id,
        order_ref=order,
        business_day=business_day(quote.made_at, till.outlet.zone),
        at=quote.made_at,
        lines=None,
        body_digest=quote.id,
    )
    for _ in range(SETTLED_AGAIN):
        try:
            return await SettleQuote(store, now, chance)(till, settlement)
        except Busy as busy:
            await asyncio.sleep(busy.retry_after_s)
    raise Busy(retry_after_s=1)


def _purchase(till: Till, card: str, order: str) -> Purchase:
    at = now()
    return Purchase(
        card_id=CardId(card),
        order_ref=order,
        business_day=business_day(at, till.outlet.zone),
        lines=(LINE,),
        currency="RUB",
        points_to_redeem=0,
        at=at,
        body_digest=order,
    )


def _fate(receipt: Receipt) -> str:
    return TOOK if receipt.offers else FULL_PRICE
