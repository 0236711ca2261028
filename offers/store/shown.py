"""What cards last showed in their wallets, and which of them are owed a telling."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from pymongo import UpdateOne

from offers.model.card import Card
from offers.model.ids import CardId, ProgrammeId
from offers.model.shown import Shown, StaleTerms, Wallet, shown_id
from offers.store.codec import from_document
from offers.store.repository import Repository

MAX_SENT = 5
"""Bodies that may have arrived and are remembered; a longer silence forgets the oldest."""
_PAID: dict[str, Any] = {"owed_since": None, "heal_at": None, "heals": 0}


class ShownCards(Repository):
    async def find(self, wallet: Wallet, card_ids: Sequence[CardId]) -> dict[CardId, Shown]:
        keys = [shown_id(wallet, card_id) for card_id in card_ids]
        cursor = self._database["shown"].find({"_id": {"$in": keys}}, session=self._session)
        found = [from_document(Shown, document) async for document in cursor]
        return {each.card_id: each for each in found}

    async def told_at(self, card_id: CardId) -> dict[Wallet, datetime]:
        """Tell when each wallet of a card was last told of it."""
        keys = [shown_id(wallet, card_id) for wallet in Wallet]
        query = {"_id": {"$in": keys}, "told_at": {"$type": "date"}}
        cursor = self._database["shown"].find(query, {"wallet": 1, "told_at": 1}, session=self._session)
        return {Wallet(document["wallet"]): document["told_at"] async for document in cursor}

    async def note_sent(self, bodies: Sequence[Shown]) -> None:
        """Remember, before they leave, bodies that a wallet may come to have: `sent` names each one's newest."""
        writes = [
            UpdateOne(
                {"_id": each.id},
                {
                    "$setOnInsert": _belongs(each),
                    "$push": {"sent": {"$each": each.sent[-1:], "$slice": -MAX_SENT}},
                },
                upsert=True,
            )
            for each in bodies
        ]
        if writes:
            await self._database["shown"].bulk_write(writes, ordered=False, session=self._session)

    async def note_told(self, cards: Sequence[Shown], terms: StaleTerms | None) -> None:
        """Keep what wallets now show. With `terms` an answer is owed from now on, unless one is already."""
        writes = []
        for each in cards:
            change: dict[str, Any] = {
                **{name: {"$ifNull": [f"${name}", value]} for name, value in _belongs(each).items()},
                "version": each.version,
                "look": each.look,
                "told_at": each.told_at,
                "body": {"$literal": each.body},
                "sent": [],
                "refusal": None,
            }
            if terms is None or each.told_at is None:
                change |= _PAID
            else:
                # Phones are quick: the fetch may have come before this note of the push.
                is_fetched = {"$gte": [{"$ifNull": ["$fetched_version", 0]}, each.version]}
                owes = _owes(each.told_at, terms)
                change |= {name: {"$cond": [is_fetched, _PAID[name], value]} for name, value in owes.items()}
            writes.append(UpdateOne({"_id": each.id}, [{"$set": change}], upsert=True))
        if writes:
            await self._database["shown"].bulk_write(writes, ordered=False, session=self._session)

    async def note_refused(self, card: Shown, reason: str, terms: StaleTerms, *, at: datetime) -> None:
        """Keep that a wallet will not have a card as it is: it is owed since the first refusal."""
        change: dict[str, Any] = {
            **{name: {"$ifNull": [f"${name}", value]} for name, value in _belongs(card).items()},
            "refusal": {"$literal": reason},
            "sent": [],
            **_owes(at, terms),
        }
        await self._database["shown"].update_one(
            {"_id": card.id}, [{"$set": change}], upsert=True, session=self._session
        )

    async def note_fetched(self, card: Card, *, at: datetime) -> None:
        """Keep that a phone fetched a version; nothing is owed when it is the one it was pushed for, or a later one."""
        mine = Shown(
            id=shown_id(Wallet.APPLE, card.id),
            card_id=card.id,
            programme_id=card.programme_id,
            member_id=card.member_id,
            wallet=Wallet.APPLE,
        )
        is_current = {"$gte": [card.version, {"$ifNull": ["$version", 0]}]}
        change: dict[str, Any] = {
            **{name: {"$ifNull": [f"${name}", value]} for name, value in _belongs(mine).items()},
            "fetched_version": {"$max": ["$fetched_version", card.version]},
            "fetched_at": at,
            **{name: {"$cond": [is_current, paid, {"$ifNull": [f"${name}", paid]}]} for name, paid in _PAID.items()},
        }
        await self._database["shown"].update_one({"_id": mine.id}, [{"$set": change}], upsert=True)

    async def due_for_healing(self, *, at: datetime, limit: int) -> list[Shown]:
        cursor = self._database["shown"].find({"heal_at": {"$type": "date", "$lte": at}}, session=self._session)
        return [from_document(Shown, document) async for document in cursor.sort("heal_at").limit(limit)]

    async def heal(self, card: Shown, *, next_at: datetime | None) -> bool:
        """Count one more telling; False when another process did, or the card answered meanwhile."""
        result = await self._database["shown"].update_one(
            {"_id": card.id, "heal_at": card.heal_at},
            {"$set": {"heal_at": next_at}, "$inc": {"heals": 1}},
            session=self._session,
        )
        return result.modified_count == 1

    async def stale(
        self, programme_id: ProgrammeId, *, owed_before: datetime, after: tuple[datetime, str] | None, limit: int
    ) -> list[Shown]:
        """Give cards that have been owed since before an instant, the longest first, after a place in that order."""
        query: dict[str, Any] = {"programme_id": programme_id, "owed_since": {"$type": "date", "$lte": owed_before}}
        if after is not None:
            since, key = after
            beyond = [{"owed_since": {"$gt": since}}, {"owed_since": since, "_id": {"$gt": key}}]
            query["$or"] = beyond
        cursor = self._database["shown"].find(query, {"body": 0, "sent": 0}, session=self._session)
        cursor = cursor.sort([("owed_since", 1), ("_id", 1)]).limit(limit)
        return [from_document(Shown, document) async for document in cursor]

    async def count_stale(self, programme_id: ProgrammeId, *, owed_before: datetime) -> dict[Wallet, int]:
        query = {"programme_id": programme_id, "owed_since": {"$type": "date", "$lte": owed_before}}
        return {
            wallet: await self._database["shown"].count_documents({**query, "wallet": wallet.value})
            for wallet in Wallet
        }

    async def forget(self, wallet: Wallet, card_id: CardId) -> None:
        """Forget what a wallet showed: nobody holds the card there any more."""
        await self._database["shown"].delete_one({"_id": shown_id(wallet, card_id)}, session=self._session)


def _owes(since: datetime, terms: StaleTerms) -> dict[str, Any]:
    """Begin to owe an answer, or go on owing it since longer ago."""
    is_owed = {"$eq": [{"$type": "$owed_since"}, "date"]}
    first_heal = since + timedelta(seconds=terms.after_s)
    return {
        "owed_since": {"$ifNull": ["$owed_since", since]},
        "heal_at": {"$cond": [is_owed, {"$ifNull": ["$heal_at", None]}, first_heal]},
        "heals": {"$cond": [is_owed, {"$ifNull": ["$heals", 0]}, 0]},
    }


def _belongs(card: Shown) -> dict[str, Any]:
    return {
        "card_id": card.card_id,
        "programme_id": card.programme_id,
        "member_id": card.member_id,
        "wallet": card.wallet.value,
    }
