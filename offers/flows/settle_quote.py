"""Settle a quote at its price; when that cannot be honoured any more, answer a fresh quote instead."""

from dataclasses import dataclass, replace
from datetime import datetime

from offers.engine.bookkeeping import catch_up
from offers.engine.code_rights import wish_of
from offers.engine.decide import decide
from offers.engine.holds import free, free_stamps, release
from offers.engine.lots import after
from offers.engine.quotes import SETTLED_KEPT, costs_the_same
from offers.engine.ready_rulebook import ReadyRulebook
from offers.engine.settling import Settling
from offers.engine.stamps import are_there
from offers.engine.timeliness import check_time
from offers.flows.decide_purchase import find_facts
from offers.flows.find_active_card import find_active_card
from offers.flows.find_limits import FindLimits
from offers.flows.find_rulebook import find_rulebook
from offers.flows.hold_quote import HoldQuote
from offers.flows.honour_code import honour_code
from offers.flows.keep_settlement import keep_settlement
from offers.flows.quote_purchase import QuotePurchase
from offers.flows.release_hold import ReleaseHold
from offers.flows.settle_takes import settle_takes
from offers.flows.turns import turn_at_card
from offers.model.card_errors import CodeDailyLimit
from offers.model.checkout_errors import PriceChanged, QuoteSettled, UnknownQuote
from offers.model.clock import Clock
from offers.model.decision import Decision
from offers.model.errors import Busy, OfferError
from offers.model.facts import Facts, Limited
from offers.model.ids import Chance, CheckoutId, new_id
from offers.model.ledger import POINTS
from offers.model.limit_errors import HoldLapsed
from offers.model.programme import Till
from offers.model.purchase import Receipt
from offers.model.quote import Quote, QuoteSettlement
from offers.model.take import taker_at
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

    async def __call__(self, till: Till, settlement: QuoteSettlement) -> Receipt | Quote:
        known = await self.store.reading.quotes.get(till.outlet.id, settlement.quote_id)
        try:
            if known is None:
                return await self.store.transact(lambda work: self._settle(work, till, settlement, Limited()))
            limited = await self._prepare(till, known)
            async with turn_at_card(known.card_id):
                return await self.store.transact(lambda work: self._settle(work, till, settlement, limited))
        except PriceChanged:
            try:
                released = await ReleaseHold(self.store, self.clock)(till, settlement.quote_id)
            except QuoteSettled:
                return await self.store.transact(lambda work: self._settle(work, till, settlement, Limited()))
            basket = replace(released.basket, lines=settlement.lines or released.basket.lines)
            return await QuotePurchase(self.store, self.clock, self.chance).anew(
                till, released.card_id, basket, released.shown
            )

    async def _prepare(self, till: Till, quote: Quote) -> Limited:
        """Hold what was not held: what everybody wants is never taken inside the transaction of one account.

        An expired quote is decided again, so its limits are looked at; what it held may be somebody else's by now.
        """
        is_limited = bool(quote.decision.limited_offers)
        if quote.checkout_id is not None or not (is_limited or quote.expires_at <= self.clock()):
            return Limited()
        try:
            if is_limited:
                await HoldQuote(self.store, self.clock)(till, quote.id)
                return Limited()
            ready = await find_rulebook(self.store.reading, till.programme)
            taker = taker_at(till, quote.member_id)
            return await FindLimits(self.store, self.clock)(ready, taker, quote.basket.codes)
        except QuoteSettled:
            return Limited()
        except Busy:
            raise
        except OfferError as refusal:
            raise PriceChanged from refusal

    async def _settle(self, work: Work, till: Till, settlement: QuoteSettlement, limited: Limited) -> Receipt:
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
        decision = quote.decision
        if at >= quote.expires_at:
            ready = await find_rulebook(work, till.programme)
            facts = await find_facts(work, till, member, limited, ready=ready, account=account, at=at)
            decision = _decided_again(ready, facts, quote, at)
        stamps = free_stamps(member.stamps, account, at)
        if decision.points_redeemed > free(account, at) or not are_there(stamps, decision.stamps):
            raise PriceChanged
        settling = Settling(till=till, purchase=purchase, card=card, member=member, account=account, decision=decision)
        checkout_id = CheckoutId(new_id(at, self.chance))
        await _honour(work, till, quote, decision, at=at)
        await _take_for_good(work, quote, at)
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


async def _honour(work: Work, till: Till, quote: Quote, decision: Decision, *, at: datetime) -> None:
    """Let the code the quote was made by authorise it; another price when its points of the day are gone meanwhile."""
    try:
        await honour_code(
            work,
            till.programme,
            quote.card_id,
            quote.shown,
            wish_of(decision),
            outlet_id=till.outlet.id,
            cause=quote.cause,
            at=at,
        )
    except CodeDailyLimit as gone:
        raise PriceChanged from gone


async def _take_for_good(work: Work, quote: Quote, at: datetime) -> None:
    if quote.decision.limited_offers:
        try:
            await settle_takes(work, quote.cause, at=at)
        except HoldLapsed as lapsed:
            raise PriceChanged from lapsed


def _decided_again(ready: ReadyRulebook, facts: Facts, quote: Quote, at: datetime) -> Decision:
    """Decide an expired quote anew. Raises PriceChanged unless it comes to the same and nothing had to be held."""
    try:
        now = decide(ready, facts, quote.basket, at)
    except OfferError as refusal:
        raise PriceChanged from refusal
    if now.limited_offers or not costs_the_same(quote.decision, now):
        raise PriceChanged
    return now
