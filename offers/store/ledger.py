"""The ledger as a whole: streams for the proof, sums for the report. Entries of one account stand in `accounts`."""

from collections.abc import AsyncIterator, Collection, Sequence
from datetime import datetime
from typing import Any

from bson.codec_options import CodecOptions
from pymongo.asynchronous.collection import AsyncCollection

from offers.model.ids import CheckoutId, MemberId, ProgrammeId
from offers.model.ledger import DEFICIT
from offers.model.liability import DEBTS, MovedSum
from offers.model.purchase import ReceiptOrigin
from offers.store.codec import from_document
from offers.store.repository import Repository

STREAM_BATCH = 2_000
_IN_ORDER = [("member_id", 1), ("currency", 1)]
_ENTRY = {
    "_id": 0, "member_id": 1, "currency": 1, "seq": 1, "kind": 1, "points": 1, "cause_key": 1, "balance": 1,
    "edges.lot_id": 1, "edges.points": 1,
}  # fmt: skip
_ACCOUNT = {
    "_id": 0, "member_id": 1, "currency": 1, "seq": 1, "balance": 1, "deficit": 1, "lots.id": 1, "lots.remaining": 1,
}  # fmt: skip
_RECEIPT = {"member_id": 1, "points_accrued": 1, "points_redeemed": 1, "state": 1}


class Ledger(Repository):
    def _plain(self, collection: str) -> AsyncCollection[dict[str, Any]]:
        """Give a collection without our reader of decimals, which costs a stream half of its pace."""
        return self._database.get_collection(collection, codec_options=CodecOptions())

    async def size(self) -> int:
        """Estimate how many entries there are."""
        return await self._database["ledger"].estimated_document_count()

    async def entries(self, **account: Any) -> AsyncIterator[list[dict[str, Any]]]:
        """Give the entries in batches, as documents, by member, currency and number; of one account or of all."""
        cursor = self._plain("ledger").find(account, _ENTRY, session=self._session, batch_size=STREAM_BATCH)
        cursor.sort([*_IN_ORDER, ("seq", 1)])
        async with cursor:
            while batch := await cursor.to_list(STREAM_BATCH):
                yield batch

    async def accounts(self, **account: Any) -> AsyncIterator[list[dict[str, Any]]]:
        """Give the accounts in batches, as documents, by member and currency."""
        cursor = self._plain("accounts").find(account, _ACCOUNT, session=self._session, batch_size=STREAM_BATCH)
        cursor.sort(_IN_ORDER)
        async with cursor:
            while batch := await cursor.to_list(STREAM_BATCH):
                yield batch

    async def receipts(self, ids: Collection[str]) -> dict[str, dict[str, Any]]:
        """Give what receipts say of points, by id."""
        cursor = self._plain("receipts").find({"_id": {"$in": list(ids)}}, _RECEIPT, session=self._session)
        return {document["_id"]: document for document in await cursor.to_list(len(ids))}

    async def count_receipts(self, field: str, *, before: str) -> int:
        """Count the receipts with points in a field, made before an id."""
        query = {"_id": {"$lt": before}, field: {"$gt": 0}, "origin": ReceiptOrigin.TILL.value}
        return await self._database["receipts"].count_documents(query, session=self._session)

    async def receipts_with_points(self, *, before: str) -> AsyncIterator[list[dict[str, Any]]]:
        """Give the receipts that moved points, made before an id, in batches by id."""
        moved = [{"points_accrued": {"$gt": 0}}, {"points_redeemed": {"$gt": 0}}]
        query = {"_id": {"$lt": before}, "$or": moved, "origin": ReceiptOrigin.TILL.value}
        cursor = self._database["receipts"].find(query, _RECEIPT, session=self._session, batch_size=STREAM_BATCH)
        cursor.sort("_id")
        async with cursor:
            while batch := await cursor.to_list(STREAM_BATCH):
                yield batch

    async def causes(self, member_ids: Collection[str], causes: Collection[str]) -> set[str]:
        """Give those of the cause keys that have an entry with one of the members."""
        query = {"member_id": {"$in": list(member_ids)}, "cause_key": {"$in": list(causes)}}
        cursor = self._database["ledger"].find(query, {"cause_key": 1}, session=self._session)
        return {document["cause_key"] for document in await cursor.to_list(None)}

    async def one_person(self, member_ids: Collection[str]) -> set[str]:
        """Give the members and everybody they were ever merged with: their receipts may have moved."""
        known: set[str] = set(member_ids)
        while True:
            either = [{"survivor_id": {"$in": list(known)}}, {"merged_id": {"$in": list(known)}}]
            cursor = self._database["merges"].find({"$or": either}, {"survivor_id": 1, "merged_id": 1})
            merges = await cursor.to_list(None)
            wider = known | {member for merge in merges for member in (merge["survivor_id"], merge["merged_id"])}
            if wider == known:
                return known
            known = wider

    async def sums(
        self, programme_id: ProgrammeId, currency: str, *, zone: str, since: datetime, until: datetime
    ) -> Sequence[MovedSum]:
        """Sum every edge recorded before `until`, by what the report tells apart."""
        last = {"$subtract": ["$edges.expires_at", 1]}
        is_debt = {"$eq": ["$edges.lot_id", DEFICIT]}
        gives = {"$gte": ["$points", 0]}
        groups = {
            "funder": {"$cond": [is_debt, DEBTS, "$edges.funder"]},
            "month": {"$dateToString": {"date": last, "format": "%Y-%m", "timezone": zone, "onNull": ""}},
            "kind": "$kind",
            "gives": gives,
            "in_period": {"$gte": ["$recorded_at", since]},
            "is_debt": is_debt,
            "against": {"$ne": [{"$gte": ["$edges.points", 0]}, gives]},
        }
        pipeline: list[dict[str, Any]] = [
            {"$match": {"programme_id": programme_id, "recorded_at": {"$lt": until}, "currency": currency}},
            {"$unwind": "$edges"},
            {"$group": {"_id": groups, "points": {"$sum": "$edges.points"}}},
        ]
        cursor = await self._database["ledger"].aggregate(pipeline, allowDiskUse=True, session=self._session)
        return [from_document(MovedSum, {**document["_id"], "points": document["points"]}) async for document in cursor]

    async def held(self, programme_id: ProgrammeId, currency: str) -> dict[str, int]:
        """Give what the accounts hold by funder, debts below nothing."""
        pipeline: list[dict[str, Any]] = [
            {"$match": {"programme_id": programme_id, "currency": currency}},
            {
                "$project": {
                    "lots": {
                        "$concatArrays": ["$lots", [{"funder": DEBTS, "remaining": {"$multiply": ["$deficit", -1]}}]]
                    }
                }
            },
            {"$unwind": "$lots"},
            {"$group": {"_id": "$lots.funder", "points": {"$sum": "$lots.remaining"}}},
        ]
        cursor = await self._database["accounts"].aggregate(pipeline, allowDiskUse=True, session=self._session)
        return {document["_id"]: int(document["points"]) async for document in cursor}


def account_of(document: dict[str, Any]) -> tuple[MemberId, str]:
    return document["member_id"], document["currency"]


def checkout_of(cause_key: str) -> CheckoutId | None:
    """Give the receipt that a cause key names, None for another cause."""
    cause, _, rest = cause_key.partition(":")
    return CheckoutId(rest.partition(":")[0]) if cause == "purchase" else None
