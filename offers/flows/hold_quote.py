"""Hold a quote: what its price needs is kept for it for a quarter of an hour, and for another when asked again."""

from dataclasses import dataclass, replace
from datetime import datetime

from offers.engine.holds import free_stamps, hold, release
from offers.engine.quotes import hold_end
from offers.engine.stamps import are_there
from offers.flows.find_active_card import find_active_card
from offers.flows.honour_code import draw_points
from offers.flows.reserve_limits import ReserveLimits, Wanted
from offers.model.checkout_errors import NotEnoughStamps, QuoteExpired, QuoteSettled, UnknownQuote
from offers.model.clock import Clock
from offers.model.ids import QuoteId
from offers.model.ledger import POINTS, HeldStamps, Hold
from offers.model.programme import Till
from offers.model.quote import Quote, QuoteState
from offers.store.store import Store
from offers.store.work import Work


@dataclass(frozen=True, slots=True)
class HoldQuote:
    """Hold once, or renew. Held points and stamps are free for no other till; nothing is written to the ledger.

    What everybody wants (budgets) is held first, outside the transaction of the account: when the points are gone then,
    it comes back by itself. A price may be held for two hours altogether. Raises UnknownQuote, QuoteSettled,
    QuoteExpired, UnknownCard, CardReplaced, CardNotActive, CodeDailyLimit, NotEnoughPoints, NotEnoughStamps,
    TooManyHolds, Busy and what
    `ReserveLimits.hold` raises.
    """

    store: Store
    clock: Clock

    async def __call__(self, till: Till, quote_id: QuoteId) -> Quote:
        at = self.clock()
        quote = await live_quote(self.store.reading, till, quote_id, at=at)
        until = hold_end(quote, at)
        wanted = Wanted(cause=quote.cause, till=till, member_id=quote.member_id, offers=quote.decision.offers)
        if wanted.offers:
            await ReserveLimits(self.store, self.clock).hold(wanted, until=until)
        return await self.store.transact(lambda work: self._hold(work, till, quote_id, until=until, at=at))

    async def _hold(self, work: Work, till: Till, quote_id: QuoteId, *, until: datetime, at: datetime) -> Quote:
        quote = await live_quote(work, till, quote_id, at=at)
        card, member = await find_active_card(work, till, quote.card_id)
        if member.id != quote.member_id:
            raise QuoteExpired(expires_at=quote.expires_at)
        account = await work.accounts.claim(member.id, card.programme_id, POINTS)
        points = quote.decision.points_redeemed
        await draw_points(work, till.programme, card.id, quote.shown, points, cause=quote.cause, at=at, until=until)
        holding = hold(account, _hold_of(quote, until), at)
        if not are_there(free_stamps(member.stamps, release(account, quote.cause, at), at), quote.decision.stamps):
            raise NotEnoughStamps
        if holding != account:
            await work.accounts.keep(holding, [])
        expires_at = max(quote.expires_at, until)
        await work.quotes.hold(quote.id, until=until, expires_at=expires_at)
        return replace(quote, state=QuoteState.HELD, held_until=until, expires_at=expires_at)


def _hold_of(quote: Quote, until: datetime) -> Hold:
    taken = [change for change in quote.decision.stamps if change.taken]
    stamps = tuple(HeldStamps(offer_id=change.offer_id, stamps=change.taken) for change in taken)
    return Hold(key=quote.cause, points=quote.decision.points_redeemed, until=until, stamps=stamps)


async def live_quote(work: Work, till: Till, quote_id: QuoteId, *, at: datetime) -> Quote:
    """Give a quote that may still be held. Raises UnknownQuote, QuoteSettled, QuoteExpired."""
    quote = await work.quotes.get(till.outlet.id, quote_id)
    if quote is None:
        raise UnknownQuote
    if quote.checkout_id is not None:
        raise QuoteSettled(checkout_id=quote.checkout_id)
    if quote.expires_at <= at or hold_end(quote, at) <= at:
        raise QuoteExpired(expires_at=quote.expires_at)
    return quote
