"""Purchase histories as scoring reads them: every line that was paid for and kept, a batch at a time."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from bson import Decimal128, decode_all
from pymongo.asynchronous.cursor import AsyncRawBatchCursor

from offers.model.ids import OutletId
from offers.model.purchase import ReceiptOrigin, ReceiptState
from offers.store.repository import Repository

BATCH_RECEIPTS = 5_000
QUANTITIES = 10_000
"""Different quantities that are remembered."""
_WANTED: dict[str, Any] = {
    "member_id": 1,
    # Numbers, for a history has millions of instants and each would be made an object first.
    "at": {"$toLong": "$at"},
    "recorded_at": {"$toLong": "$recorded_at"},
    "origin": 1,
    "state": 1,
    "lines.category": 1,
    "lines.quantity": 1,
    "lines.payable_minor": 1,
    "returned.line": 1,
    "returned.quantity": 1,
    "returned.refund_minor": 1,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BoughtLines:
    """Lines of receipts without what came back of them, in columns: an entry of each list is one line.

    `at_ms` and `known_at_ms` (when we heard of it) are milliseconds since 1970 in UTC.
    """

    member_ids: list[str] = field(default_factory=list)
    at_ms: list[int] = field(default_factory=list)
    known_at_ms: list[int] = field(default_factory=list)
    order_ids: list[str] = field(default_factory=list)
    categories: list[str] = field(default_factory=list)
    quantities: list[float] = field(default_factory=list)
    amounts_minor: list[int] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.member_ids)

    def add(self, document: dict[str, Any]) -> None:
        """Add what is left of a receipt's lines. An imported purchase was known when made: its file came later."""
        back = {line["line"]: line for line in document.get("returned", ())}
        known_at_ms = document["at" if document.get("origin") == _IMPORT else "recorded_at"]
        for number, line in enumerate(document["lines"]):
            gone = back.get(number)
            quantity = _number(line["quantity"].bid) - (_number(gone["quantity"].bid) if gone else 0.0)
            amount_minor = line["payable_minor"] - (gone["refund_minor"] if gone else 0)
            if quantity > 0 or amount_minor > 0:
                self.member_ids.append(document["member_id"])
                self.at_ms.append(document["at"])
                self.known_at_ms.append(known_at_ms)
                self.order_ids.append(document["_id"])
                self.categories.append(line["category"])
                self.quantities.append(quantity)
                self.amounts_minor.append(amount_minor)


@lru_cache(maxsize=QUANTITIES)
def _number(bid: bytes) -> float:
    """Read a decimal from its bytes. Most quantities are a few numbers, and a decoder by type takes twice as long."""
    return float(Decimal128.from_bid(bid).to_decimal())


_IMPORT = ReceiptOrigin.IMPORT.value
_VOIDED = ReceiptState.VOIDED.value


class Histories(Repository):
    async def count(self, outlet_id: OutletId) -> int:
        """Count an outlet's receipts, voided ones included."""
        return await self._database["receipts"].count_documents({"outlet_id": outlet_id}, session=self._session)

    async def of_outlet(self, outlet_id: OutletId) -> AsyncIterator[tuple[int, BoughtLines]]:
        """Give an outlet's lines by batches, each with how many receipts it was made of.

        A batch is taken apart in another thread while MongoDB, a process of its own, looks for the next one.
        """
        cursor = self._database["receipts"].find_raw_batches(
            {"outlet_id": outlet_id}, _WANTED, batch_size=BATCH_RECEIPTS, session=self._session
        )
        raw = await _next(cursor)
        while raw is not None:
            found, raw = await asyncio.gather(asyncio.to_thread(_lines_of, raw), _next(cursor))
            yield found


async def _next(cursor: AsyncRawBatchCursor[Any]) -> bytes | None:
    batch: bytes | None = await anext(cursor, None)
    return batch


def _lines_of(raw: bytes) -> tuple[int, BoughtLines]:
    documents, lines = decode_all(raw), BoughtLines()
    for document in documents:
        if document["state"] != _VOIDED:
            lines.add(document)
    return len(documents), lines
