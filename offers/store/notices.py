"""The ledger of what rang on a card in the last 24 hours, kept by conditional writes."""

from datetime import datetime, timedelta
from typing import Any

from pymongo import ReturnDocument

from offers.model.notice import NoticeTerms
from offers.store.repository import Repository


class Notices(Repository):
    async def take(self, ledger: str, key: str, *, limit: int, terms: NoticeTerms, at: datetime) -> bool:
        """Let one update ring, if fewer than `limit` did in the terms' time; the same key asks once, however often."""
        since = at - timedelta(seconds=terms.within_s)
        recent = {
            "$filter": {
                "input": {"$ifNull": ["$rung", []]},
                "as": "each",
                "cond": {"$gt": ["$$each.at", since]},
            }
        }
        is_known = {"$in": [key, {"$map": {"input": "$rung", "as": "each", "in": "$$each.key"}}]}
        is_shut = {"$gt": [{"$ifNull": ["$shut_until", None]}, at]}
        has_room = {"$lt": [{"$size": "$rung"}, limit]}
        may = {"$or": [is_known, {"$and": [has_room, {"$not": [is_shut]}]}]}
        added = {"$cond": [{"$and": ["$may", {"$not": [is_known]}]}, [{"key": {"$literal": key}, "at": at}], []]}
        document: Any = await self._database["notices"].find_one_and_update(
            {"_id": ledger},
            [
                {"$set": {"rung": recent, "asked_at": at}},
                {"$set": {"may": may}},
                {"$set": {"rung": {"$concatArrays": ["$rung", added]}}},
            ],
            upsert=True,
            return_document=ReturnDocument.AFTER,
            session=self._session,
        )
        return bool(document["may"])

    async def shut(self, ledger: str, *, until: datetime, at: datetime) -> None:
        """Let nothing ring before an instant: the wallet's own count is full, whatever ours says."""
        await self._database["notices"].update_one(
            {"_id": ledger}, {"$max": {"shut_until": until}, "$set": {"asked_at": at}}, upsert=True
        )
