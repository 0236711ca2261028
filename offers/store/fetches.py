"""Which state of a card devices were last given, and under which Last-Modified."""

from datetime import datetime
from typing import Any

from pymongo import ReturnDocument

from offers.model.ids import CardId
from offers.store.repository import Repository


class Fetches(Repository):
    async def stamp_of(self, card_id: CardId, state: str) -> datetime | None:
        document = await self._database["fetches"].find_one({"_id": card_id, "state": state}, session=self._session)
        return document["last_modified"] if document else None

    async def stamp(self, card_id: CardId, state: str, *, changed_at: datetime) -> datetime:
        """Give the state's stamp; another state than the last one gets a stamp a second later at least."""
        if known := await self.stamp_of(card_id, state):
            return known
        is_same = {"$eq": ["$state", state]}
        later = {"$dateAdd": {"startDate": "$last_modified", "unit": "second", "amount": 1}}
        change: dict[str, Any] = {
            "state": state,
            "last_modified": {"$cond": [is_same, "$last_modified", {"$max": [changed_at, later]}]},
        }
        document = await self._database["fetches"].find_one_and_update(
            {"_id": card_id},
            [{"$set": change}],
            upsert=True,
            return_document=ReturnDocument.AFTER,
            session=self._session,
        )
        return document["last_modified"] if document else changed_at
