"""Merges: the record of each, and everything of a member that follows them to another and back."""

from collections.abc import Sequence
from typing import Any

from offers.model.ids import CardId, CheckoutId, MemberId, ProgrammeId
from offers.model.member import Counters, Member
from offers.model.merge import Contacts, Merge
from offers.model.purchase import Receipt
from offers.store.codec import from_document, to_document
from offers.store.repository import Repository

MAX_RECEIPTS = 10_000
MAX_COUPONS = 1_000


class Merges(Repository):
    async def keep(self, merge: Merge) -> None:
        """Write a merge as it now is."""
        await self._database["merges"].replace_one(
            {"_id": merge.id}, to_document(merge), upsert=True, session=self._session
        )

    async def get(self, programme_id: ProgrammeId, merge_id: str) -> Merge | None:
        return await self._merge({"_id": merge_id, "programme_id": programme_id})

    async def of(self, merged_id: MemberId) -> Merge | None:
        """Give the merge by which somebody else speaks for the member now."""
        return await self._merge({"merged_id": merged_id, "parted_at": None})

    async def depth(self, survivor_id: MemberId) -> int:
        """Give how many merges stand one on another below a member."""
        below = {"survivor_id": survivor_id, "parted_at": None}
        deepest = await self._database["merges"].find_one(
            below, {"depth": 1}, sort=[("depth", -1)], session=self._session
        )
        return int(deepest["depth"]) if deepest else 0

    async def as_enrolled(self, member_id: MemberId) -> Member | None:
        """Give the member themselves, not who speaks for them now."""
        document = await self._database["members"].find_one({"_id": member_id}, session=self._session)
        return from_document(Member, document) if document else None

    async def bring_cards(self, merged_id: MemberId, survivor_id: MemberId) -> tuple[CardId, ...]:
        ids = await self._ids("cards", {"member_id": merged_id})
        await self._give("cards", ids, survivor_id)
        return tuple(CardId(each) for each in ids)

    async def bring_receipts(self, merged_id: MemberId, survivor_id: MemberId) -> tuple[CheckoutId, ...] | None:
        """Move every receipt; None, and nothing is moved, when there are more than 10,000."""
        ids = await self._ids("receipts", {"member_id": merged_id}, limit=MAX_RECEIPTS + 1)
        if len(ids) > MAX_RECEIPTS:
            return None
        await self._give("receipts", ids, survivor_id)
        return tuple(CheckoutId(each) for each in ids)

    async def bring_coupons(
        self, giver: MemberId, taker: MemberId, *, among: Sequence[str] | None = None
    ) -> tuple[str, ...]:
        """Hand coupons on, all or some of them; one that the taker was granted under the same key stays where it is."""
        theirs = self._database["coupons"].find({"owner": taker}, {"grant_key": 1}, session=self._session)
        keys = [document["grant_key"] async for document in theirs.limit(MAX_COUPONS)]
        query: dict[str, Any] = {"owner": giver, "grant_key": {"$nin": keys}}
        if among is not None:
            query["_id"] = {"$in": list(among)}
        ids = await self._ids("coupons", query, limit=MAX_COUPONS)
        await self._give("coupons", ids, taker, field="owner")
        return tuple(ids)

    async def give_back(self, merge: Merge, receipt_ids: Sequence[CheckoutId]) -> None:
        """Give the merged member their cards, coupons and receipts again, with receipts that came in between."""
        await self.bring_coupons(merge.survivor_id, merge.merged_id, among=merge.coupon_ids)
        await self._give("cards", merge.card_ids, merge.merged_id)
        await self._give("receipts", [*merge.receipt_ids, *receipt_ids], merge.merged_id)

    async def receipts_since(self, merge: Merge) -> list[Receipt]:
        """Give the receipts that the merged member's own cards brought since."""
        query = {
            "member_id": merge.survivor_id,
            "card_id": {"$in": list(merge.card_ids)},
            "recorded_at": {"$gte": merge.merged_at},
            "_id": {"$nin": list(merge.receipt_ids)},
        }
        cursor = self._database["receipts"].find(query, session=self._session).sort("_id").limit(MAX_RECEIPTS)
        return [from_document(Receipt, document) async for document in cursor]

    async def hand_over(self, merged: Member, survivor_id: MemberId, contacts: Contacts, counters: Counters) -> None:
        """Let the survivor speak for the merged member, under the contacts they lacked, with the counters of both.

        Purchases imported for either and not counted yet are counted for the survivor.
        """
        taken = _taken(contacts)
        before = await self._set(merged.id, {**dict.fromkeys(taken), "merged_into": survivor_id})
        if "telegram_id" in taken:
            taken["telegram_open"] = merged.telegram_open
        await self._set(survivor_id, {**taken, "counters": to_document(counters)})
        if before.get("recount_due"):
            await self._database["members"].update_one(
                {"_id": survivor_id}, {"$inc": {"recount_due": 1}}, session=self._session
            )

    async def take_over(self, merge: Merge, survivor: Member) -> None:
        """Let the merged member speak for themselves, under the contacts that the survivor still has of them."""
        now = to_document(survivor)
        theirs = {field: value for field, value in _taken(merge.contacts).items() if now[field] == value}
        if theirs:
            await self._set(survivor.id, dict.fromkeys(theirs))
        if "telegram_id" in theirs:
            theirs["telegram_open"] = survivor.telegram_open
        await self._set(merge.merged_id, {**theirs, "merged_into": None})

    async def _merge(self, query: dict[str, Any]) -> Merge | None:
        document = await self._database["merges"].find_one(query, session=self._session)
        return from_document(Merge, document) if document else None

    async def _ids(self, collection: str, query: dict[str, Any], *, limit: int = 1_000) -> list[str]:
        cursor = self._database[collection].find(query, {"_id": 1}, session=self._session).limit(limit)
        return [document["_id"] async for document in cursor]

    async def _give(
        self, collection: str, ids: Sequence[str], member_id: MemberId, *, field: str = "member_id"
    ) -> None:
        if ids:
            await self._database[collection].update_many(
                {"_id": {"$in": list(ids)}}, {"$set": {field: member_id}}, session=self._session
            )

    async def _set(self, member_id: MemberId, fields: dict[str, Any]) -> dict[str, Any]:
        """Write fields; give the document as it was."""
        before: dict[str, Any] | None = await self._database["members"].find_one_and_update(
            {"_id": member_id}, {"$set": fields}, session=self._session
        )
        return before or {}


def _taken(contacts: Contacts) -> dict[str, Any]:
    return {field: value for field, value in to_document(contacts).items() if value is not None}
