"""Throttles: kept in the database, so that every web process holds the same guesser back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pymongo import ReturnDocument

from offers.model.throttle import Penalty, Throttle
from offers.store.codec import from_document
from offers.store.repository import Repository

_MOST_DOUBLINGS = 30


class Throttles(Repository):
    async def find(self, keys: Sequence[str]) -> list[Throttle]:
        cursor = self._database["throttles"].find({"_id": {"$in": list(keys)}}, session=self._session)
        return [_noun(document) async for document in cursor]

    async def strike(self, key: str, penalty: Penalty, *, at: datetime) -> Throttle:
        """Count one guess more, in one write: guesses at once are all counted. The same rule as `throttling.strike`."""
        age_ms = {"$subtract": [at, "$struck_at"]}
        fresh: dict[str, Any] = {"$lt": [{"$ifNull": [age_ms, penalty.forget_s * 1000]}, penalty.forget_s * 1000]}
        strikes = {"$cond": [fresh, {"$add": ["$strikes", 1]}, 1]}
        beyond = {"$min": [{"$subtract": ["$strikes", penalty.free]}, _MOST_DOUBLINGS]}
        grown = {"$multiply": [penalty.first_s, {"$pow": [penalty.factor, {"$subtract": [beyond, 1]}]}]}
        pause_s = {"$cond": [{"$gt": [beyond, 0]}, {"$min": [grown, penalty.most_s]}, 0]}
        until = {"$add": [at, {"$toLong": {"$multiply": [pause_s, 1000]}}]}
        document: Any = await self._database["throttles"].find_one_and_update(
            {"_id": key},
            [
                {"$set": {"strikes": strikes, "struck_at": at}},
                {"$set": {"until": {"$max": ["$until", until]}}},
            ],
            upsert=True,
            return_document=ReturnDocument.AFTER,
            session=self._session,
        )
        return _noun(document)

    async def forget(self, key: str) -> bool:
        """Let somebody try again at once: the operator's word."""
        result = await self._database["throttles"].delete_one({"_id": key}, session=self._session)
        return result.deleted_count == 1


def _noun(document: dict[str, Any]) -> Throttle:
    return from_document(Throttle, {**document, "key": document["_id"]})
