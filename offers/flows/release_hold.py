"""Release a hold: by the till's wish, or because its time is over. Releasing twice is releasing once."""

from dataclasses import dataclass, replace

from offers.engine.holds import release
from offers.flows.reserve_limits import ReserveLimits
from offers.model.checkout_errors import QuoteSettled, UnknownQuote
from offers.model.clock import Clock
from offers.model.ids import OutletId, QuoteId
from offers.model.ledger import POINTS
from offers.model.programme import Till
from offers.model.quote import Quote, QuoteState
from offers.store.store import Store
from offers.store.work import Work

LAPSED_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class ReleaseHold:
    """Give back what a quote holds; the quote itself stands until it expires.

    Raises UnknownQuote, QuoteSettled, Busy.
    """

    store: Store
    clock: Clock

    async def __call__(self, till: Till, quote_id: QuoteId) -> Quote:
        quote = await self.store.transact(lambda work: self._release(work, till.outlet.id, quote_id))
        if quote.decision.offers:
            await ReserveLimits(self.store, self.clock).release(quote.cause)
        return quote

    async def lapsed(self, *, limit: int = LAPSED_AT_ONCE) -> int:
        """Release holds whose time is over: bookkeeping, for no decision counts them. Gives how many there were."""
        overdue = await self.store.reading.quotes.lapsed(self.clock(), limit=limit)
        for quote in overdue:
            await self.store.transact(lambda work, quote=quote: self._release_lapsed(work, quote))  # type: ignore[misc] # the default binds the loop's quote
        return len(overdue)

    async def _release_lapsed(self, work: Work, overdue: Quote) -> None:
        """Leave alone what was renewed or settled since it was found."""
        quote = await work.quotes.get(overdue.outlet_id, overdue.id)
        if quote is not None and quote.state is QuoteState.HELD and quote.state_at(self.clock()) is QuoteState.OPEN:
            await self._release(work, quote.outlet_id, quote.id)

    async def _release(self, work: Work, outlet_id: OutletId, quote_id: QuoteId) -> Quote:
        quote = await work.quotes.get(outlet_id, quote_id)
        if quote is None:
            raise UnknownQuote
        if quote.checkout_id is not None:
            raise QuoteSettled(checkout_id=quote.checkout_id)
        if quote.state is QuoteState.OPEN:
            return quote
        account = await work.accounts.claim(quote.member_id, quote.programme_id, POINTS)
        released = release(account, quote.cause, self.clock())
        if released != account:
            await work.accounts.keep(released, [])
            await work.code_draws.give_back(quote.card_id, quote.cause)
        await work.quotes.release(quote.id)
        return replace(quote, state=QuoteState.OPEN, held_until=None)
