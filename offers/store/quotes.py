"""Quotes: kept for a day, or for as long as a till may ask again what became of a settled one."""

from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from offers.model.decision import Decision
from offers.model.ids import CheckoutId, OutletId, QuoteId
from offers.model.quote import Quote, QuoteState
from offers.store.codec import from_document, to_document
from offers.store.repository import Repository

_DECISION: TypeAdapter[Decision] = TypeAdapter(Decision)


class Quotes(Repository):
    """A decision is kept as its JSON: it is the bulk of a quote, and nothing is ever looked for inside."""

    async def add(self, quote: Quote) -> None:
        await self._database["quotes"].insert_one(_document(quote), session=self._session)

    async def get(self, outlet_id: OutletId, quote_id: QuoteId) -> Quote | None:
        query = {"_id": quote_id, "outlet_id": outlet_id}
        document = await self._database["quotes"].find_one(query, session=self._session)
        return _quote(document) if document else None

    async def hold(self, quote_id: QuoteId, *, until: datetime, expires_at: datetime) -> None:
        await self._set(quote_id, {"state": QuoteState.HELD.value, "held_until": until, "expires_at": expires_at})

    async def release(self, quote_id: QuoteId) -> None:
        await self._set(quote_id, {"state": QuoteState.OPEN.value, "held_until": None})

    async def settle(self, quote_id: QuoteId, checkout_id: CheckoutId, *, forget_at: datetime) -> None:
        fields = {"state": QuoteState.SETTLED.value, "held_until": None, "checkout_id": checkout_id}
        await self._set(quote_id, {**fields, "forget_at": forget_at})

    async def lapsed(self, at: datetime, *, limit: int) -> list[Quote]:
        """Give quotes whose hold is over and was not released, the longest overdue first."""
        query = {"state": QuoteState.HELD.value, "held_until": {"$lte": at}}
        cursor = self._database["quotes"].find(query, session=self._session).sort("held_until").limit(limit)
        return [_quote(document) async for document in cursor]

    async def _set(self, quote_id: QuoteId, fields: dict[str, Any]) -> None:
        await self._database["quotes"].update_one({"_id": quote_id}, {"$set": fields}, session=self._session)


def _document(quote: Quote) -> dict[str, Any]:
    return to_document(quote, whole={"decision": _DECISION.dump_json(quote.decision)})


def _quote(document: dict[str, Any]) -> Quote:
    return from_document(Quote, {**document, "decision": _DECISION.validate_json(document["decision"])})
