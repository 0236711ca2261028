"""Find a quote: for a till whose connection broke before the answer came."""

from dataclasses import dataclass

from offers.model.checkout_errors import UnknownQuote
from offers.model.ids import QuoteId
from offers.model.programme import Till
from offers.model.quote import Quote
from offers.store.store import Store


@dataclass(frozen=True, slots=True)
class FindQuote:
    store: Store

    async def __call__(self, till: Till, quote_id: QuoteId) -> Quote:
        """Give the outlet's quote as it stands. Raises UnknownQuote."""
        quote = await self.store.reading.quotes.get(till.outlet.id, quote_id)
        if quote is None:
            raise UnknownQuote
        return quote
