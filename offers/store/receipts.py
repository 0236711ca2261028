"""Receipts: one for every purchase, settled at a till or imported."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from offers.model.errors import KeyReused
from offers.model.held_level import Spent
from offers.model.ids import CheckoutId, MemberId, OutletId, ProgrammeId
from offers.model.purchase import Purchase, Receipt, ReceiptState
from offers.model.quote import QuoteSettlement
from offers.store.codec import from_document, to_document
from offers.store.repository import Repository

MAX_SPENT = 5_000
"""So many purchases tell of a level; nobody makes more in the time that counts."""
_NET: dict[str, Any] = {"$subtract": ["$payable_minor", {"$sum": "$returned.refund_minor"}]}


class Receipts(Repository):
    async def find(self, outlet_id: OutletId, purchase: Purchase | QuoteSettlement) -> Receipt | None:
        """Find the receipt this purchase already has, by its natural key or by its Idempotency-Key.

        Raises KeyReused when the order has one receipt and the key another.
        """
        names: list[dict[str, Any]] = [
            {"outlet_id": outlet_id, "business_day": purchase.business_day, "order_ref": purchase.order_ref}
        ]
        if purchase.idempotency_key is not None:
            names.append({"outlet_id": outlet_id, "idempotency_key": purchase.idempotency_key})
        cursor = self._database["receipts"].find({"$or": names}, session=self._session).limit(2)
        found = [from_document(Receipt, document) async for document in cursor]
        if len(found) > 1:
            raise KeyReused(earlier_checkout_id=found[0].id)
        return found[0] if found else None

    async def add(self, receipt: Receipt) -> None:
        await self._database["receipts"].insert_one(to_document(receipt), session=self._session)

    async def get(self, outlet_id: OutletId, checkout_id: CheckoutId) -> Receipt | None:
        return await self._one({"_id": checkout_id, "outlet_id": outlet_id})

    async def by_order_ref(self, outlet_id: OutletId, order_ref: str, *, limit: int = 20) -> list[Receipt]:
        """Give the outlet's receipts of that order reference, newest first: references may return every day."""
        query = {"outlet_id": outlet_id, "order_ref": order_ref}
        cursor = self._database["receipts"].find(query, session=self._session).sort("at", -1).limit(limit)
        return [from_document(Receipt, document) async for document in cursor]

    async def of_programme(self, programme_id: ProgrammeId, checkout_id: CheckoutId) -> Receipt | None:
        return await self._one({"_id": checkout_id, "programme_id": programme_id})

    async def last_of(self, member_id: MemberId, *, before: Receipt | None = None, limit: int) -> list[Receipt]:
        """Give a member's receipts, newest first; `before` is the last one seen."""
        query: dict[str, Any] = {"member_id": member_id}
        if before is not None:
            query["$or"] = [{"at": {"$lt": before.at}}, {"at": before.at, "_id": {"$lt": before.id}}]
        cursor = self._database["receipts"].find(query, session=self._session).sort([("at", -1), ("_id", -1)])
        return [from_document(Receipt, document) async for document in cursor.limit(limit)]

    async def spend_since(self, member_id: MemberId, since: datetime | None) -> int:
        """Sum what a member paid since an instant (None: ever), without what was voided or paid back."""
        pipeline: list[dict[str, Any]] = [
            {"$match": _counted(member_id, since)},
            {"$group": {"_id": None, "minor": {"$sum": _NET}}},
        ]
        async with await self._database["receipts"].aggregate(pipeline, session=self._session) as cursor:
            async for document in cursor:
                return int(document["minor"])
        return 0

    async def spent_since(self, member_id: MemberId, since: datetime | None) -> list[Spent]:
        """Give what a member paid since an instant, purchase by purchase, oldest first; of too many the newest."""
        pipeline: list[dict[str, Any]] = [
            {"$match": _counted(member_id, since)},
            {"$sort": {"at": -1}},
            {"$limit": MAX_SPENT},
            {"$project": {"_id": 0, "at": 1, "minor": _NET}},
        ]
        async with await self._database["receipts"].aggregate(pipeline, session=self._session) as cursor:
            newest_first = [Spent(at=document["at"], minor=int(document["minor"])) async for document in cursor]
        return newest_first[::-1]

    async def activity_since(
        self, member_ids: Collection[MemberId], since: datetime
    ) -> dict[MemberId, tuple[int, int]]:
        """Count purchases of some members since an instant, and what they paid; what came back whole is none."""
        query = {"member_id": {"$in": list(member_ids)}, "at": {"$gte": since}}
        pipeline: list[dict[str, Any]] = [
            {"$match": {**query, "state": {"$ne": ReceiptState.VOIDED.value}}},
            {"$project": {"member_id": 1, "minor": _NET}},
            {"$match": {"minor": {"$gt": 0}}},
            {"$group": {"_id": "$member_id", "visits": {"$sum": 1}, "minor": {"$sum": "$minor"}}},
        ]
        async with await self._database["receipts"].aggregate(pipeline, session=self._session) as cursor:
            return {
                MemberId(document["_id"]): (int(document["visits"]), int(document["minor"]))
                async for document in cursor
            }

    async def with_stamps(self, member_id: MemberId) -> list[Receipt]:
        """Give a member's purchases that gave or took stamps; of too many the newest."""
        query = {"member_id": member_id, "stamps.0": {"$exists": True}}
        cursor = self._database["receipts"].find(query, session=self._session).sort("at", -1).limit(MAX_SPENT)
        return [from_document(Receipt, document) async for document in cursor]

    async def note_return(self, receipt: Receipt) -> None:
        """Write what came back so far, and the state that follows from it."""
        kept = to_document(receipt)
        fields = {name: kept[name] for name in ("returned", "given_back", "state")}
        await self._database["receipts"].update_one({"_id": receipt.id}, {"$set": fields}, session=self._session)

    async def void(self, checkout_id: CheckoutId, *, at: datetime) -> None:
        await self._database["receipts"].update_one(
            {"_id": checkout_id},
            {"$set": {"state": ReceiptState.VOIDED.value, "voided_at": at}},
            session=self._session,
        )

    async def _one(self, query: dict[str, Any]) -> Receipt | None:
        document = await self._database["receipts"].find_one(query, session=self._session)
        return from_document(Receipt, document) if document else None


def _counted(member_id: MemberId, since: datetime | None) -> dict[str, Any]:
    query: dict[str, Any] = {"member_id": member_id, "state": {"$ne": ReceiptState.VOIDED.value}}
    return query | ({"at": {"$gte": since}} if since else {})
