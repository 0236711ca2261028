"""Settle a quote at its price; when that cannot be honoured any more, answer a fresh quote instead."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from offers.engine.bookkeeping import catch_up
from offers.engine.holds import free, release
from offers.engine.lots import after
from offers.engine.quotes import SETTLED_KEPT, costs_the_same
from offers.engine.settling import Settling
from offers.engine.timeliness import check_time
from offers.flows.decide_purchase import decide_purchase
from offers.flows.find_active_card import find_active_card
from offers.flows.hold_quote import HoldQuote
from offers.flows.keep_settlement import keep_settlement
from offers.flows.quote_purchase import QuotePurchase
from offers.flows.release_hold import ReleaseHold
from offers.flows.reservations import Reservations
from offers.model.checkout_errors import PriceChanged, QuoteSettled, UnknownQuote
from offers.model.clock import Clock
from offers.model.decision import Decision
from offers.model.errors import OfferError
from offers.model.ids import Chance, CheckoutId, new_id
from offers.model.ledger import POINTS
from offers.model.member import Member
from offers.model.programme import Till
from offers.model.purchase import Receipt
from offers.model.quote import Quote, QuoteSettlement
from offers.store.store import Store
from offers.store.work import Work


@dataclass(frozen=True, slots=True)
class SettleQuote:
    """Settle once, at the quoted price: until the quote expires no closed window and no new level changes it.

    What is limited is looked at again: points that are gone, goods other than those quoted, a coupon or budget used up
    meanwhile give a fresh quote, and the old hold is released. An expired quote is settled if it still costs the same.
    Raises UnknownQuote, QuoteSettled, KeyReused, UnknownCard, CardNotActive, PurchaseInFuture, PurchaseTooOld, Busy.
    """

    store: Store
    clock: Clock
    chance: Chance
    reservations: Sequence[Reservations] = ()

    async def __call__(self, till: Till, settlement: QuoteSettlement) -> Receipt | Quote:
        known = await self.store.reading.quotes.get(till.outlet.id, settlement.quote_id)
        try:
            if known is not None and known.checkout_id is None and known.decision.offers:
                await self._hold(till, known)
            return await self.store.transact(lambda work: self._settle(work, till, settlement))
        except PriceChanged:
            released = await ReleaseHold(self.store, self.clock, self.reservations)(till, settlement.quote_id)
            basket = replace(released.basket, lines=settlement.lines or released.basket.lines)
            return await QuotePurchase(self.store, self.clock, self.chance).anew(till, released.card_id, basket)

    async def _hold(self, till: Till, quote: Quote) -> None:
        """Hold what was not held: what everybody wants is never taken inside the transaction of one account."""
        try:
            await HoldQuote(self.store, self.clock, self.reservations)(till, quote.id)
        except OfferError as refusal:
            raise PriceChanged from refusal

    async def _settle(self, work: Work, till: Till, settlement: QuoteSettlement) -> Receipt:
        quote = await work.quotes.get(till.outlet.id, settlement.quote_id)
        if earlier := await self._earlier(work, till, settlement, quote):
            return earlier.answering(settlement.body_digest)
        if quote is None:
            raise UnknownQuote
        at, purchase = self.clock(), settlement.purchase(quote)
        check_time(purchase, at)
        card, member = await find_active_card(work, till, quote.card_id)
        claimed = await work.accounts.claim(member.id, card.programme_id, POINTS)
        caught_up = catch_up(claimed, at)
        account = release(after(claimed, caught_up), quote.cause, at)
        if member.id != quote.member_id or settlement.lines not in {None, quote.basket.lines}:
            raise PriceChanged
        decision = _honoured(till, quote, member, points=free(account, at), at=at)
        settling = Settling(till=till, purchase=purchase, card=card, member=member, account=account, decision=decision)
        checkout_id = CheckoutId(new_id(at, self.chance))
        await self._take_for_good(work, quote, at)
        await work.quotes.settle(quote.id, checkout_id, forget_at=at + SETTLED_KEPT)
        return await keep_settlement(work, settling, claimed, caught_up, checkout_id=checkout_id, at=at)

    async def _earlier(
        self, work: Work, till: Till, settlement: QuoteSettlement, quote: Quote | None
    ) -> Receipt | None:
        """Find what this settlement already came to: by its order, its key, or its quote, which settles one order."""
        if earlier := await work.receipts.find(till.outlet.id, settlement):
            return earlier
        if quote is None or quote.checkout_id is None:
            return None
        earlier = await work.receipts.get(till.outlet.id, quote.checkout_id)
        if earlier is None or earlier.order_ref != settlement.order_ref:
            raise QuoteSettled(checkout_id=quote.checkout_id)
        return earlier

    async def _take_for_good(self, work: Work, quote: Quote, at: datetime) -> None:
        for each in self.reservations if quote.decision.offers else ():
            try:
                await each.settle(work, quote.cause, at=at)
            except OfferError as refusal:
                raise PriceChanged from refusal


def _honoured(till: Till, quote: Quote, member: Member, *, points: int, at: datetime) -> Decision:
    """Give the decision to settle by; `points` are free, those held for the quote included. Raises PriceChanged."""
    if quote.decision.points_redeemed > points:
        raise PriceChanged
    if at < quote.expires_at:
        return quote.decision
    try:
        now = decide_purchase(till, member, quote.basket, points=points, at=at)
    except OfferError as refusal:
        raise PriceChanged from refusal
    if not costs_the_same(quote.decision, now):
        raise PriceChanged
    return now
