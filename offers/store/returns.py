"""Returns: one document for each, named for ever by its receipt and the till's own reference."""

from collections.abc import Collection
from typing import Any

from offers.model.errors import KeyReused
from offers.model.ids import CheckoutId, OutletId
from offers.model.returns import Return, ReturnRequest
from offers.store.codec import from_document, to_document
from offers.store.repository import Repository

MAX_RETURNS_SHOWN = 500


class Returns(Repository):
    async def find(self, outlet_id: OutletId, checkout_id: CheckoutId, request: ReturnRequest) -> Return | None:
        """Find the return this request already has, by its reference or by its Idempotency-Key.

        Raises KeyReused when the reference has one return and the key another, or a sale.
        """
        names: list[dict[str, Any]] = [{"checkout_id": checkout_id, "return_ref": request.return_ref}]
        if request.idempotency_key is not None:
            by_key = {"outlet_id": outlet_id, "idempotency_key": request.idempotency_key}
            if sale := await self._database["receipts"].find_one(by_key, {"_id": 1}, session=self._session):
                raise KeyReused(earlier_checkout_id=sale["_id"])
            names.append(by_key)
        cursor = self._database["returns"].find({"$or": names}, session=self._session).limit(2)
        found = [from_document(Return, document) async for document in cursor]
        if len(found) > 1 or any(each.checkout_id != checkout_id for each in found):
            raise KeyReused(earlier_checkout_id=found[0].checkout_id)
        return found[0] if found else None

    async def add(self, goods_back: Return) -> None:
        await self._database["returns"].insert_one(to_document(goods_back), session=self._session)

    async def of_checkouts(self, checkout_ids: Collection[CheckoutId]) -> list[Return]:
        """Give the returns of some receipts, oldest first."""
        query = {"checkout_id": {"$in": list(checkout_ids)}}
        cursor = self._database["returns"].find(query, session=self._session).sort("at").limit(MAX_RETURNS_SHOWN)
        return [from_document(Return, document) async for document in cursor]
