"""Cards and their versions."""

from datetime import datetime
from typing import Any

from pymongo import ReturnDocument

from offers.model.card import Announcement, Card
from offers.model.ids import CardId, MemberId
from offers.model.member import Member
from offers.store.codec import from_document, to_document
from offers.store.repository import Repository

MAX_CARDS = 100
_MEMBER = {"from": "members", "localField": "member_id", "foreignField": "_id", "as": "members"}
_RULES = {
    "from": "rulebooks",
    "localField": "programme_id",
    "foreignField": "_id",
    "pipeline": [{"$project": {"digest": 1}}],
    "as": "rules",
}


class Cards(Repository):
    async def add(self, card: Card) -> None:
        await self._database["cards"].insert_one(to_document(card), session=self._session)

    async def get(self, card_id: CardId) -> Card | None:
        return await self._one({"_id": card_id})

    async def with_member(self, card_id: CardId) -> tuple[Card, Member, str] | None:
        """Give a card, whose it is, and the digest of its programme's rules, in one question.

        A till waits for every question. The digest is that of `Rulebooks.digest`.
        """
        pipeline: list[dict[str, Any]] = [{"$match": {"_id": card_id}}, {"$lookup": _MEMBER}, {"$lookup": _RULES}]
        async with await self._database["cards"].aggregate(pipeline, session=self._session) as cursor:
            async for document in cursor:
                digests = [rules["digest"] for rules in document.pop("rules")]
                for member in document.pop("members"):
                    digest = digests[0] if digests else ""
                    return from_document(Card, document), from_document(Member, member), digest
        return None

    async def by_serial(self, serial: str) -> Card | None:
        return await self._one({"serial": serial})

    async def by_serials(self, serials: list[str]) -> list[Card]:
        cursor = self._database["cards"].find({"serial": {"$in": serials}}, session=self._session)
        return [from_document(Card, document) async for document in cursor]

    async def of_member(self, member_id: MemberId) -> Card | None:
        """Give the member's card: the newest, when a lost one was replaced."""
        cursor = self._database["cards"].find({"member_id": member_id}, session=self._session)
        async for document in cursor.sort("_id", -1).limit(1):
            return from_document(Card, document)
        return None

    async def all_of_member(self, member_id: MemberId) -> list[Card]:
        """Give every card of the member, oldest first: one, but for lost ones replaced and members merged."""
        cursor = self._database["cards"].find({"member_id": member_id}, session=self._session)
        return [from_document(Card, document) async for document in cursor.sort("_id").limit(MAX_CARDS)]

    async def raise_version(self, card_id: CardId, announcement: Announcement, *, at: datetime) -> Card | None:
        """Give the card its next version.

        HTTP dates have whole seconds, so `last_modified` is the second of `at`, or one second after the previous one
        when that is later: two changes within a second stay two changes for every phone.
        """
        second = at.replace(microsecond=0)
        later = {"$dateAdd": {"startDate": "$last_modified", "unit": "second", "amount": 1}}
        change = {
            "version": {"$add": ["$version", 1]},
            "last_modified": {"$max": [second, later]},
            "announcement": announcement.value,
        }
        document = await self._database["cards"].find_one_and_update(
            {"_id": card_id}, [{"$set": change}], return_document=ReturnDocument.AFTER, session=self._session
        )
        return from_document(Card, document) if document else None

    async def save_to_google(self, card_id: CardId) -> None:
        """Note that Google holds an object of this card, so that changes are sent there."""
        await self._database["cards"].update_one(
            {"_id": card_id}, {"$set": {"google_saved": True}}, session=self._session
        )

    async def set_state(self, card_id: CardId, state: str) -> None:
        await self._database["cards"].update_one({"_id": card_id}, {"$set": {"state": state}}, session=self._session)

    async def _one(self, query: dict[str, Any]) -> Card | None:
        document = await self._database["cards"].find_one(query, session=self._session)
        return from_document(Card, document) if document else None
