"""Reports on the outbox and on what left it: how much waits, and how long things take."""

from datetime import datetime
from typing import Any

from offers.model.ids import ProgrammeId
from offers.store.repository import Repository

SAMPLE = 10_000


class Lags(Repository):
    async def waiting(self, programme_id: ProgrammeId) -> list[dict[str, Any]]:
        """Count what waits by lane and priority: `_id`, `waiting`, `failing`, `oldest`."""
        pipeline: list[dict[str, Any]] = [
            {"$match": {"programme_id": programme_id}},
            {
                "$group": {
                    "_id": {"lane": "$lane", "priority": "$priority"},
                    "waiting": {"$sum": 1},
                    "failing": {"$sum": {"$cond": [{"$gt": [{"$ifNull": ["$reason", ""]}, ""]}, 1, 0]}},
                    "oldest": {"$min": "$created_at"},
                }
            },
            {"$sort": {"_id.lane": 1, "_id.priority": 1}},
        ]
        async with await self._database["outbox"].aggregate(pipeline, session=self._session) as cursor:
            return [document async for document in cursor]

    async def done(self, programme_id: ProgrammeId, *, since: datetime) -> list[dict[str, Any]]:
        """Give the newest deliveries since an instant: `lane`, `state`, `created_at`, `ended_at`."""
        query = {"programme_id": programme_id, "ended_at": {"$gte": since}}
        fields = {"lane": 1, "state": 1, "created_at": 1, "ended_at": 1}
        cursor = self._database["deliveries"].find(query, fields, session=self._session)
        return [document async for document in cursor.sort("ended_at", -1).limit(SAMPLE)]
