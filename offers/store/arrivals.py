"""Where members came from, counted."""

from datetime import datetime
from typing import Any

from offers.model.arrival import SourceCount
from offers.model.ids import ProgrammeId
from offers.model.referral import SOURCE_PREFIX
from offers.store.codec import from_document
from offers.store.repository import Repository


class Arrivals(Repository):
    async def count(
        self, programme_id: ProgrammeId, *, since: datetime | None, until: datetime | None, limit: int
    ) -> list[SourceCount]:
        """Count members by source, medium and campaign, the largest first; whoever was merged counts once."""
        match: dict[str, Any] = {"programme_id": programme_id, "merged_into": None}
        if since or until:
            bounds = {"$gte": since, "$lt": until}
            match["enrolled_at"] = {name: bound for name, bound in bounds.items() if bound is not None}
        pipeline: list[dict[str, Any]] = [
            {"$match": match},
            {"$group": {"_id": _BY, **_COUNTED}},
            {"$sort": {"members": -1, "_id.source": 1}},
            {"$limit": limit},
        ]
        async with await self._database["members"].aggregate(pipeline, session=self._session) as cursor:
            return [from_document(SourceCount, {**found, **found["_id"]}) async for found in cursor]


_IS_REFERRAL = {"$eq": [{"$indexOfCP": ["$source", SOURCE_PREFIX]}, 0]}
# Members brought by another before arrivals were kept are told by their source alone: one line for all of them.
_OLD_SOURCE = {"$cond": [_IS_REFERRAL, "referral", "$source"]}
_BY = {
    "source": {"$ifNull": ["$arrival.source", _OLD_SOURCE]},
    "medium": {"$ifNull": ["$arrival.medium", None]},
    "campaign": {"$ifNull": ["$arrival.campaign", None]},
}
_COUNTED = {
    "members": {"$sum": 1},
    "referred": {"$sum": {"$cond": [_IS_REFERRAL, 1, 0]}},
    "verified": {"$sum": {"$cond": [{"$gt": ["$phone_verified_at", None]}, 1, 0]}},
    "buyers": {"$sum": {"$cond": [{"$gt": ["$counters.purchases", 0]}, 1, 0]}},
    "purchases": {"$sum": "$counters.purchases"},
    "spend_minor": {"$sum": "$counters.spend_minor"},
    "first_at": {"$min": "$enrolled_at"},
    "last_at": {"$max": "$enrolled_at"},
}
