"""Coupons. A use is one conditional write on the occurrence it belongs to."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pymongo.errors import BulkWriteError

from offers.model.coupon import MAX_ANNOUNCED, MAX_EXTENSIONS, Anchor, Coupon, CouponId, CouponState, Extension
from offers.model.ids import MemberId, ProgrammeId
from offers.model.take import Mark, Take
from offers.store.codec import from_document, to_document
from offers.store.marks import MarkedRepository, clearing, marked, marking, unmarked
from offers.store.races import as_lost_race


class Coupons(MarkedRepository):
    async def add(self, coupon: Coupon) -> None:
        await self._database["coupons"].insert_one(to_document(coupon), session=self._session)

    async def add_many(self, coupons: Sequence[Coupon]) -> None:
        """Keep new coupons. Raises DuplicateKeyError when one of the grants was carried out meanwhile."""
        if coupons:
            try:
                documents = [to_document(coupon) for coupon in coupons]
                await self._database["coupons"].insert_many(documents, session=self._session)
            except BulkWriteError as error:
                raise as_lost_race(error) from error

    async def get(self, coupon_id: CouponId) -> Coupon | None:
        return await self._one({"_id": coupon_id})

    async def granted(self, programme_id: ProgrammeId, owner: MemberId | None, grant_key: str) -> Coupon | None:
        return await self._one({"programme_id": programme_id, "owner": owner, "grant_key": grant_key})

    async def of_member(self, owner: MemberId, *, before: str | None = None, limit: int) -> list[Coupon]:
        """Give a member's coupons, newest first; `before` is the id of the last one seen."""
        query: dict[str, Any] = {"owner": owner}
        if before is not None:
            query["_id"] = {"$lt": before}
        cursor = self._database["coupons"].find(query, session=self._session).sort("_id", -1).limit(limit)
        return [from_document(Coupon, document) async for document in cursor]

    async def draw(self, coupon: Coupon, take: Take) -> bool:
        """Take a use of an occurrence, or of an extension, in one conditional write.

        False when none is left, or when the coupon moved on to another occurrence since it was read.
        """
        query: dict[str, Any] = {"_id": coupon.id, "occurrence": coupon.occurrence, **unmarked(take)}
        change: dict[str, Any] = marking(take)
        if take.extended_until is not None:
            query["state"] = {"$in": [CouponState.ACTIVE.value, CouponState.EXPIRED.value]}
            extension = {"occurrence": take.pocket, "until": take.extended_until, "take_key": take.extension_of}
            query["extensions"] = {"$elemMatch": extension}
            change["$pull"] = {"extensions": {"take_key": take.extension_of}}
            if coupon.occurrence == take.pocket:
                change["$inc"] = {"taken": 1}
        elif coupon.occurrence == take.pocket:
            query |= {"state": CouponState.ACTIVE.value, "taken": {"$lt": coupon.recurrence.uses_per_period}}
            change["$inc"] = {"taken": 1}
        else:
            query["state"] = CouponState.ACTIVE.value
            change["$set"] = {"occurrence": take.pocket, "taken": 1, "anchor": None}
        result = await self._database["coupons"].update_one(query, change, session=self._session)
        return result.modified_count == 1

    async def undraw(self, take: Take) -> None:
        await self._put_back(marked(take), take)

    async def put_back(self, take: Take, amount: int) -> None:
        """Give a use back: to its occurrence, if that is still the coupon's last, and to the extension it was of."""
        if amount:
            await self._put_back({"_id": take.source}, take)

    async def clear(self, take: Take) -> None:
        await self._database["coupons"].update_one({"_id": take.source}, clearing(take), session=self._session)

    async def stale_marks(self, before: datetime, *, limit: int) -> list[tuple[str, Mark]]:
        return await self._stale_marks("coupons", before, limit=limit)

    async def _put_back(self, source: dict[str, Any], take: Take) -> None:
        """In one write or the other: the occurrence only ever moves on, so what missed the first meets the second."""
        change: dict[str, Any] = clearing(take)
        if take.extended_until is not None:
            extension = Extension(take_key=take.key, occurrence=take.pocket, until=take.extended_until)
            change["$push"] = {"extensions": {"$each": [to_document(extension)], "$slice": -MAX_EXTENSIONS}}
        coupons = self._database["coupons"]
        current = {**source, "occurrence": take.pocket, "taken": {"$gt": 0}}
        given = await coupons.update_one(current, {**change, "$inc": {"taken": -1}}, session=self._session)
        if not given.modified_count:
            await coupons.update_one(source, change, session=self._session)

    async def extend(self, coupon_id: CouponId, extension: Extension) -> None:
        """Keep a use of a past occurrence usable; the oldest extensions give way to the newest."""
        document = to_document(extension)
        await self._database["coupons"].update_one(
            {"_id": coupon_id},
            {"$push": {"extensions": {"$each": [document], "$slice": -MAX_EXTENSIONS}}},
            session=self._session,
        )

    async def set_anchor(self, coupon_id: CouponId, occurrence: str, anchor: Anchor) -> bool:
        """Let a rolling period begin with a use; False when it has begun."""
        result = await self._database["coupons"].update_one(
            {"_id": coupon_id, "occurrence": occurrence, "anchor": None},
            {"$set": {"anchor": to_document(anchor)}},
            session=self._session,
        )
        return result.modified_count == 1

    async def count_return(self, coupon_id: CouponId, take_key: str, *, begins_anew: bool) -> None:
        """Note a return; where `begins_anew`, a rolling period that began with the returned use has not begun."""
        coupons = self._database["coupons"]
        await coupons.update_one({"_id": coupon_id}, {"$inc": {"returns": 1}}, session=self._session)
        if begins_anew:
            await coupons.update_one(
                {"_id": coupon_id, "anchor.take_key": take_key}, {"$set": {"anchor": None}}, session=self._session
            )

    async def announce(self, coupon_id: CouponId, occurrence: str) -> bool:
        """Claim the telling of an occurrence; False when it was claimed before."""
        result = await self._database["coupons"].update_one(
            {"_id": coupon_id, "announced": {"$ne": occurrence}},
            {"$push": {"announced": {"$each": [occurrence], "$slice": -MAX_ANNOUNCED}}},
            session=self._session,
        )
        return result.modified_count == 1

    async def change_state(
        self, coupon_id: CouponId, *, before: list[CouponState], after: CouponState, at: datetime
    ) -> bool:
        """Move a coupon on; False when it is in none of the states before."""
        change: dict[str, Any] = {"state": after.value}
        if after in {CouponState.REVOKED, CouponState.EXPIRED}:
            change["ended_at"] = at
        result = await self._database["coupons"].update_one(
            {"_id": coupon_id, "state": {"$in": [state.value for state in before]}},
            {"$set": change},
            session=self._session,
        )
        return result.modified_count == 1

    async def ended(self, at: datetime, *, limit: int) -> list[Coupon]:
        """Give active coupons whose time is over."""
        query = {"state": CouponState.ACTIVE.value, "valid_until": {"$lte": at}}
        cursor = self._database["coupons"].find(query, session=self._session).sort("valid_until").limit(limit)
        return [from_document(Coupon, document) async for document in cursor]

    async def _one(self, query: dict[str, Any]) -> Coupon | None:
        document = await self._database["coupons"].find_one(query, session=self._session)
        return from_document(Coupon, document) if document else None
