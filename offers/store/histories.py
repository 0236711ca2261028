"""Purchase histories as scoring reads them: every line that was paid for and kept, a batch at a time."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from offers.model.ids import MemberId, OutletId
from offers.model.purchase import ReceiptOrigin, ReceiptState
from offers.store.repository import Repository

BATCH_RECEIPTS = 5_000
_WANTED = {
    "member_id": 1,
    "at": 1,
    "recorded_at": 1,
    "origin": 1,
    "lines.category": 1,
    "lines.quantity": 1,
    "lines.payable_minor": 1,
    "returned.line": 1,
    "returned.quantity": 1,
    "returned.refund_minor": 1,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BoughtLine:
    """A line of a receipt without what came back of it. `known_at` is when we heard of it."""

    member_id: MemberId
    at: datetime
    known_at: datetime
    order_id: str
    category: str
    quantity: float
    amount_minor: int


class Histories(Repository):
    async def count(self, outlet_id: OutletId) -> int:
        """Count an outlet's receipts, voided ones included."""
        return await self._database["receipts"].count_documents({"outlet_id": outlet_id}, session=self._session)

    async def of_outlet(self, outlet_id: OutletId) -> AsyncIterator[tuple[int, list[BoughtLine]]]:
        """Give an outlet's lines by batches, each with how many receipts it was made of."""
        query = {"outlet_id": outlet_id}
        cursor = self._database["receipts"].find({**query}, {**_WANTED, "state": 1}, session=self._session)
        receipts, lines = 0, list[BoughtLine]()
        async for document in cursor.batch_size(BATCH_RECEIPTS):
            receipts += 1
            if document["state"] != ReceiptState.VOIDED.value:
                lines += _lines(document)
            if receipts == BATCH_RECEIPTS:
                yield receipts, lines
                receipts, lines = 0, []
        yield receipts, lines


def _lines(document: dict[str, Any]) -> list[BoughtLine]:
    """Give what is left of each line. An imported purchase was known when it was made: its file came later."""
    back = {line["line"]: line for line in document.get("returned", ())}
    is_import = document.get("origin") == ReceiptOrigin.IMPORT.value
    found = []
    for number, line in enumerate(document["lines"]):
        gone = back.get(number)
        quantity = float(line["quantity"]) - (float(gone["quantity"]) if gone else 0.0)
        amount_minor = line["payable_minor"] - (gone["refund_minor"] if gone else 0)
        if quantity > 0 or amount_minor > 0:
            found.append(
                BoughtLine(
                    member_id=document["member_id"],
                    at=document["at"],
                    known_at=document["at"] if is_import else document["recorded_at"],
                    order_id=document["_id"],
                    category=line["category"],
                    quantity=quantity,
                    amount_minor=amount_minor,
                )
            )
    return found
