"""Members and their contact points."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from pymongo.errors import DuplicateKeyError

from offers.model.errors import ContactTaken
from offers.model.held_level import HeldLevel
from offers.model.ids import MemberId, ProgrammeId
from offers.model.member import Counters, Member, OwnTerms, PersonalDetails, StampCount
from offers.model.programme import Language
from offers.store.codec import from_document, to_document
from offers.store.repository import Repository


class Members(Repository):
    async def add(self, member: Member) -> None:
        """Keep a new member. Raises ContactTaken when a contact point is another member's."""
        try:
            await self._database["members"].insert_one(to_document(member), session=self._session)
        except DuplicateKeyError as error:
            raise ContactTaken from error

    async def get(self, member_id: MemberId) -> Member | None:
        return await self._one({"_id": member_id})

    async def by_phone(self, programme_id: ProgrammeId, phone: str) -> Member | None:
        return await self._one({"programme_id": programme_id, "phone": phone})

    async def by_telegram(self, programme_id: ProgrammeId, telegram_id: int) -> Member | None:
        return await self._one({"programme_id": programme_id, "telegram_id": telegram_id})

    async def by_external(self, programme_id: ProgrammeId, external_id: str) -> Member | None:
        return await self._one({"programme_id": programme_id, "external_id": external_id})

    async def count_in(self, member_id: MemberId, counters: Counters) -> None:
        """Write the counters; inside a transaction a concurrent change of the member makes it run again."""
        await self._set(member_id, {"counters": to_document(counters)})

    async def stamp(self, member_id: MemberId, stamps: Sequence[StampCount]) -> None:
        """Write the stamps; inside a transaction a concurrent change of the member makes it run again."""
        await self._set(member_id, {"stamps": [to_document(count) for count in stamps]})

    async def by_referral_code(self, programme_id: ProgrammeId, code: str) -> Member | None:
        return await self._one({"programme_id": programme_id, "referral_code": code})

    async def name_referral(self, member_id: MemberId, code: str) -> bool:
        """Give a member a code to invite with, unless they have one or another member has this one: False then."""
        try:
            result = await self._database["members"].update_one(
                {"_id": member_id, "referral_code": None}, {"$set": {"referral_code": code}}, session=self._session
            )
        except DuplicateKeyError:
            return False
        return result.modified_count == 1

    async def personalise(self, member_id: MemberId, details: PersonalDetails) -> None:
        """Keep what the member told a phone wallet."""
        await self._set(member_id, {"personal": to_document(details)})

    async def segments_of(self, member_ids: Collection[MemberId]) -> dict[MemberId, tuple[str, ...]]:
        """Give the segments of some members, by member."""
        query = {"_id": {"$in": list(member_ids)}}
        cursor = self._database["members"].find(query, {"segments": 1}, session=self._session)
        return {MemberId(each["_id"]): tuple(each.get("segments", ())) async for each in cursor}

    async def put_in_segments(self, member_id: MemberId, segments: list[str]) -> None:
        await self._set(member_id, {"segments": segments})

    async def in_segment(
        self, programme_id: ProgrammeId, segment: str, *, after: MemberId, limit: int
    ) -> list[MemberId]:
        """Give the next members of a segment in the order of their ids."""
        query = {"programme_id": programme_id, "segments": segment, "_id": {"$gt": after}}
        cursor = self._database["members"].find(query, {"_id": 1}, session=self._session).sort("_id").limit(limit)
        return [document["_id"] async for document in cursor]

    async def page(self, programme_id: ProgrammeId, *, after: MemberId, limit: int) -> list[Member]:
        """Give the next members of a programme in the order of their ids; who was merged into another is left out."""
        query = {"programme_id": programme_id, "merged_into": None, "_id": {"$gt": after}}
        cursor = self._database["members"].find(query, session=self._session).sort("_id").limit(limit)
        return [from_document(Member, document) async for document in cursor]

    async def agree(self, member_id: MemberId, own_terms: OwnTerms | None) -> None:
        """Write what was agreed with the member alone; None: nothing is."""
        await self._set(member_id, {"own_terms": to_document(own_terms) if own_terms else None})

    async def hold_level(self, member_id: MemberId, held: HeldLevel | None, *, look_again_at: datetime | None) -> None:
        """Write the level held, and when somebody has to look at it again (None: never)."""
        level = to_document(held) if held else None
        await self._set(member_id, {"held_level": level, "level_due_at": look_again_at})

    async def levels_due(self, programme_id: ProgrammeId, *, before: datetime, limit: int) -> list[Member]:
        """Give the members whose level has to be looked at, the longest overdue first."""
        query = {"programme_id": programme_id, "level_due_at": {"$type": "date", "$lte": before}}
        cursor = self._database["members"].find(query, session=self._session).sort("level_due_at").limit(limit)
        return [from_document(Member, document) async for document in cursor]

    async def speak(self, member_id: MemberId, language: Language) -> None:
        await self._set(member_id, {"language": language})

    async def reach_by_telegram(self, member_id: MemberId, telegram_id: int) -> None:
        """Tie a Telegram account to the member. Raises ContactTaken when it is another member's."""
        try:
            await self._set(member_id, {"telegram_id": telegram_id, "telegram_open": True})
        except DuplicateKeyError as error:
            raise ContactTaken from error

    async def own_phone(self, member_id: MemberId, phone: str) -> None:
        """Give the member a phone. Raises ContactTaken when it is another member's."""
        try:
            await self._set(member_id, {"phone": phone})
        except DuplicateKeyError as error:
            raise ContactTaken from error

    async def touch(self, member_id: MemberId) -> None:
        """Write to the member, so that of two transactions about the same thing one waits for the other."""
        await self._database["members"].update_one({"_id": member_id}, {"$inc": {"touched": 1}}, session=self._session)

    async def verify_phone(self, member_id: MemberId, *, at: datetime) -> None:
        """Note that the member proved the phone theirs."""
        await self._set(member_id, {"phone_verified_at": at})

    async def open_telegram(self, programme_id: ProgrammeId, telegram_id: int, *, is_open: bool) -> bool:
        """Note that the member blocked or unblocked the bot; False when nobody has that Telegram account."""
        result = await self._database["members"].update_one(
            {"programme_id": programme_id, "telegram_id": telegram_id},
            {"$set": {"telegram_open": is_open}},
            session=self._session,
        )
        return result.matched_count == 1

    async def newest(self, programme_id: ProgrammeId, *, limit: int) -> list[Member]:
        unmerged = {"programme_id": programme_id, "merged_into": None}
        cursor = self._database["members"].find(unmerged, session=self._session)
        return [from_document(Member, document) async for document in cursor.sort("_id", -1).limit(limit)]

    async def _one(self, query: dict[str, Any]) -> Member | None:
        """Find a member; whoever was merged into another is that other, whatever name they were asked for by."""
        document = await self._database["members"].find_one(query, session=self._session)
        return from_document(Member, await self._survivor(document)) if document else None

    async def _set(self, member_id: MemberId, fields: dict[str, Any]) -> None:
        await self._database["members"].update_one({"_id": member_id}, {"$set": fields}, session=self._session)
