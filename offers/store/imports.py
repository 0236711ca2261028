"""Bulk writes of imports, and the counters recounted from receipts afterwards."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from bson import encode
from bson.raw_bson import RawBSONDocument
from pymongo import UpdateOne
from pymongo.errors import BulkWriteError

from offers.engine.counters import MAX_CATEGORIES
from offers.model.card import Card
from offers.model.consent import Consent
from offers.model.history import MemberKey
from offers.model.ids import MemberId, OutletId, ProgrammeId
from offers.model.member import Counters, Member
from offers.model.purchase import Receipt, ReceiptLine, ReceiptState
from offers.store.codec import CODEC_OPTIONS, from_document, to_document
from offers.store.races import as_lost_race
from offers.store.repository import Repository


class Imports(Repository):
    async def digests(self, outlet_id: OutletId, orders: Collection[tuple[str, str]]) -> dict[tuple[str, str], str]:
        """Give the body digests of the orders (business day, reference) that have a receipt already."""
        query = {
            "outlet_id": outlet_id,
            "business_day": {"$in": sorted({day for day, _ in orders})},
            "order_ref": {"$in": sorted({order_ref for _, order_ref in orders})},
        }
        wanted = {"_id": 0, "business_day": 1, "order_ref": 1, "body_digest": 1}
        cursor = self._database["receipts"].find(query, wanted, session=self._session)
        found = {(kept["business_day"], kept["order_ref"]): kept["body_digest"] async for kept in cursor}
        return {order: found[order] for order in orders if order in found}

    async def members(self, programme_id: ProgrammeId, keys: Collection[MemberKey]) -> dict[MemberKey, Member]:
        """Find members by what a file calls them, under each of those names alone."""
        names = {
            "external_id": sorted({key.external_id for key in keys if key.external_id is not None}),
            "phone": sorted({key.phone for key in keys if key.phone is not None}),
        }
        found: dict[MemberKey, Member] = {}
        for field, values in names.items():
            if not values:
                continue
            query = {"programme_id": programme_id, field: {"$in": values}}
            cursor = self._database["members"].find(query, {"counters": 0}, session=self._session)
            async for document in cursor:
                found[MemberKey(**{field: document[field]})] = from_document(Member, await self._survivor(document))
        return found

    async def add_members(
        self, members: Sequence[Member], cards: Sequence[Card], consents: Sequence[Consent] = ()
    ) -> None:
        """Keep new members with their cards. Raises DuplicateKeyError when a contact point was taken meanwhile."""
        await self._insert("members", [to_document(member) for member in members])
        await self._insert("cards", [to_document(card) for card in cards])
        await self._insert("consents", [to_document(consent) for consent in consents])

    async def complete(self, missing: dict[MemberId, dict[str, Any]]) -> None:
        """Fill fields that are empty. Raises DuplicateKeyError when a contact point was taken meanwhile."""
        changes = [
            UpdateOne({"_id": member_id, **dict.fromkeys(fields)}, {"$set": fields})
            for member_id, fields in missing.items()
        ]
        if changes:
            try:
                await self._database["members"].bulk_write(changes, session=self._session)
            except BulkWriteError as error:
                raise as_lost_race(error) from error

    async def add_receipts(self, receipts: Sequence[Receipt]) -> None:
        """Keep receipts, and mark their members for a recount.

        The mark is a number that rises, so it is always written: a recount at the same instant is a conflict.
        """
        touched = sorted({receipt.member_id for receipt in receipts})
        await self._database["members"].update_many(
            {"_id": {"$in": touched}}, {"$inc": {"recount_due": 1}}, session=self._session
        )
        await self._insert("receipts", [_receipt_document(receipt) for receipt in receipts])

    async def waiting_for_recount(self, programme_id: ProgrammeId) -> int:
        return await self._database["members"].count_documents(_due(programme_id), session=self._session)

    async def due_for_recount(self, programme_id: ProgrammeId, *, limit: int) -> list[MemberId]:
        cursor = self._database["members"].find(_due(programme_id), {"_id": 1}, session=self._session)
        return [MemberId(document["_id"]) async for document in cursor.limit(limit)]

    async def recount(self, member_ids: Sequence[MemberId]) -> None:
        """Write the members' counters as their receipts tell them, and take the mark away.

        In a transaction: a till that settles meanwhile writes the same members, so one of the two runs again.
        """
        totals: dict[str, dict[str, Any]] = {member_id: {} for member_id in member_ids}
        for pipeline in (_totals(member_ids), _categories(member_ids)):
            cursor = await self._database["receipts"].aggregate(pipeline, allowDiskUse=True, session=self._session)
            async for document in cursor:
                totals[document.pop("_id")].update(document)
        changes = [
            UpdateOne(
                {"_id": member_id},
                {"$set": {"counters": _counters(counted)}, "$unset": {"recount_due": ""}},
            )
            for member_id, counted in totals.items()
        ]
        if changes:
            await self._database["members"].bulk_write(changes, ordered=False, session=self._session)

    async def _insert(self, collection: str, documents: Sequence[dict[str, Any]]) -> None:
        if documents:
            try:
                await self._database[collection].insert_many(documents, session=self._session)
            except BulkWriteError as error:
                raise as_lost_race(error) from error


def _receipt_document(receipt: Receipt) -> dict[str, Any]:
    document = to_document(replace(receipt, lines=()))
    document["lines"] = [_line_document(line) for line in receipt.lines]
    return document


@lru_cache(maxsize=65_536)
def _line_document(line: ReceiptLine) -> RawBSONDocument:
    """Write a line. People buy the same things: nine lines in ten of a real history were written before."""
    return RawBSONDocument(encode(to_document(line), codec_options=CODEC_OPTIONS))


def _due(programme_id: ProgrammeId) -> dict[str, Any]:
    return {"programme_id": programme_id, "recount_due": {"$gt": 0}}


def _counters(counted: dict[str, Any]) -> dict[str, Any]:
    document: dict[str, Any] = to_document(from_document(Counters, counted))
    return document


_PAID_AND_KEPT = {"$subtract": ["$payable_minor", {"$sum": "$returned.refund_minor"}]}
"""What was paid for a purchase and not paid out again."""
_OF_THE_LINE = {"$filter": {"input": {"$ifNull": ["$returned", []]}, "cond": {"$eq": ["$$this.line", "$line"]}}}
_REFUNDED = {"$reduce": {"input": _OF_THE_LINE, "initialValue": 0, "in": {"$add": ["$$value", "$$this.refund_minor"]}}}


def _totals(member_ids: Sequence[MemberId]) -> list[dict[str, Any]]:
    """Voided and returned purchases are taken out, but their instants stay: the visit did happen."""
    settled = {"$eq": ["$state", ReceiptState.SETTLED.value]}
    return [
        {"$match": {"member_id": {"$in": list(member_ids)}}},
        {
            "$group": {
                "_id": "$member_id",
                "purchases": {"$sum": {"$cond": [settled, 1, 0]}},
                "spend_minor": {"$sum": {"$cond": [settled, _PAID_AND_KEPT, 0]}},
                "first_purchase_at": {"$min": "$at"},
                "last_purchase_at": {"$max": "$at"},
            }
        },
    ]


def _categories(member_ids: Sequence[MemberId]) -> list[dict[str, Any]]:
    """Sum lines to purchases, purchases to categories, and keep those with the highest spend."""
    purchase = {"receipt": "$_id", "member": "$member_id", "category": "$lines.category"}
    category = {"member": "$_id.member", "category": "$_id.category"}
    counted = {"category": "$_id.category", "purchases": "$purchases", "spend_minor": "$spend_minor"}
    best_first = {"spend_minor": -1, "_id.category": 1}
    return [
        {"$match": {"member_id": {"$in": list(member_ids)}, "state": ReceiptState.SETTLED.value}},
        {"$project": {"member_id": 1, "lines.category": 1, "lines.payable_minor": 1, "returned": 1}},
        {"$unwind": {"path": "$lines", "includeArrayIndex": "line"}},
        {"$group": {"_id": purchase, "spend_minor": {"$sum": {"$subtract": ["$lines.payable_minor", _REFUNDED]}}}},
        {"$group": {"_id": category, "purchases": {"$sum": 1}, "spend_minor": {"$sum": "$spend_minor"}}},
        {
            "$group": {
                "_id": "$_id.member",
                "categories": {"$topN": {"n": MAX_CATEGORIES, "sortBy": best_first, "output": counted}},
            }
        },
    ]
