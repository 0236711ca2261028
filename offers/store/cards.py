"""Cards and their versions."""

from datetime import datetime, timedelta
from typing import Any

from pymongo import ReturnDocument

from offers.model.card import Announcement, Block, Card, CardState
from offers.model.design import MAIN_DESIGN
from offers.model.google_holding import GoogleHolding
from offers.model.ids import CardId, MemberId
from offers.model.member import Member
from offers.store.codec import from_document, to_document
from offers.store.repository import Repository

MAX_CARDS = 100
_BY_WEIGHT = [
    each.value for each in (Announcement.NOTHING, Announcement.NEWS, Announcement.BALANCE, Announcement.LEVEL)
]
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
        """Give the member's own card, of the main design, and no replaced one; the newest, if members were merged."""
        query = {"member_id": member_id, "design": {"$in": [MAIN_DESIGN, None]}, "replaced_by": None}
        cursor = self._database["cards"].find(query, session=self._session)
        async for document in cursor.sort("_id", -1).limit(1):
            return from_document(Card, document)
        return None

    async def all_of_member(self, member_id: MemberId) -> list[Card]:
        """Give every card of the member, oldest first: those of all designs, and the old ones of lost and merged."""
        cursor = self._database["cards"].find({"member_id": member_id}, session=self._session)
        return [from_document(Card, document) async for document in cursor.sort("_id").limit(MAX_CARDS)]

    async def raise_version(
        self, card_id: CardId, announcement: Announcement, *, at: datetime, together_s: float = 0.0
    ) -> Card | None:
        """Give the card its next version. Of changes within `together_s` the weightiest announcement stays.

        HTTP dates have whole seconds, so `last_modified` is the second of `at`, or one second after the previous one
        when that is later: two changes within a second stay two changes for every phone.
        """
        second = at.replace(microsecond=0)
        later = {"$dateAdd": {"startDate": "$last_modified", "unit": "second", "amount": 1}}
        change = {
            "version": {"$add": ["$version", 1]},
            "last_modified": {"$max": [second, later]},
            "announcement": {
                "$cond": [_is_outweighed(announcement, at, together_s), "$announcement", announcement.value]
            },
        }
        document = await self._database["cards"].find_one_and_update(
            {"_id": card_id}, [{"$set": change}], return_document=ReturnDocument.AFTER, session=self._session
        )
        return from_document(Card, document) if document else None

    async def save_to_google(self, card_id: CardId, *, source: str) -> None:
        """Note that Google has an object of this card, so that changes are sent there, and whence it was asked for."""
        told = {"$mergeObjects": ["$google", {"source": {"$literal": source}}]}
        await self._database["cards"].update_one(
            {"_id": card_id}, [{"$set": {"google_saved": True, "google": told}}], session=self._session
        )

    async def hold_at_google(self, card_id: CardId, holding: GoogleHolding) -> None:
        """Keep who holds the card at Google; what nobody holds is not sent there."""
        change = {"google": to_document(holding), "google_saved": holding.is_held}
        await self._database["cards"].update_one({"_id": card_id}, {"$set": change}, session=self._session)

    async def block(self, card_id: CardId, block: Block | None) -> Card | None:
        """Block a card that works, or with None let one that is blocked work again; None when it was neither."""
        before, after = (CardState.ACTIVE, CardState.BLOCKED) if block else (CardState.BLOCKED, CardState.ACTIVE)
        document = await self._database["cards"].find_one_and_update(
            {"_id": card_id, "state": before.value},
            {"$set": {"state": after.value, "block": to_document(block) if block else None}},
            return_document=ReturnDocument.AFTER,
            session=self._session,
        )
        return from_document(Card, document) if document else None

    async def replace(self, old: Card, new: Card, block: Block) -> bool:
        """Void a card and put another one in its place; False when it was replaced or voided meanwhile."""
        result = await self._database["cards"].update_one(
            {"_id": old.id, "state": {"$ne": CardState.VOIDED.value}},
            {
                "$set": {
                    "state": CardState.VOIDED.value,
                    "block": to_document(block),
                    "replaced_by": new.id,
                    "issue_key": None,
                }
            },
            session=self._session,
        )
        if result.matched_count:
            await self.add(new)
        return result.matched_count == 1

    async def set_state(self, card_id: CardId, state: str) -> None:
        await self._database["cards"].update_one({"_id": card_id}, {"$set": {"state": state}}, session=self._session)

    async def _one(self, query: dict[str, Any]) -> Card | None:
        document = await self._database["cards"].find_one(query, session=self._session)
        return from_document(Card, document) if document else None


def _is_outweighed(announcement: Announcement, at: datetime, together_s: float) -> dict[str, Any]:
    """Whether the card announced something weightier a moment ago, which no phone may have seen yet."""
    is_recent = {"$gt": ["$last_modified", at - timedelta(seconds=together_s)]}
    weight = {"$indexOfArray": [_BY_WEIGHT, "$announcement"]}
    return {"$and": [is_recent, {"$gt": [weight, _BY_WEIGHT.index(announcement.value)]}]}
