"""Adjustments: asked for, decided, applied."""

from datetime import datetime

from offers.model.adjustment import Adjustment, AdjustmentState
from offers.model.ids import MemberId, ProgrammeId
from offers.store.codec import from_document, to_document
from offers.store.repository import Repository


class Adjustments(Repository):
    async def add(self, adjustment: Adjustment) -> None:
        await self._database["adjustments"].insert_one(to_document(adjustment), session=self._session)

    async def get(self, programme_id: ProgrammeId, adjustment_id: str) -> Adjustment | None:
        document = await self._database["adjustments"].find_one(
            {"_id": adjustment_id, "programme_id": programme_id}, session=self._session
        )
        return from_document(Adjustment, document) if document else None

    async def by_key(self, programme_id: ProgrammeId, key: str) -> Adjustment | None:
        document = await self._database["adjustments"].find_one(
            {"programme_id": programme_id, "key": key}, session=self._session
        )
        return from_document(Adjustment, document) if document else None

    async def close(self, adjustment: Adjustment) -> bool:
        """Write a decision, unless there is one already: False then."""
        result = await self._database["adjustments"].replace_one(
            {"_id": adjustment.id, "state": AdjustmentState.WAITING.value},
            to_document(adjustment),
            session=self._session,
        )
        return result.modified_count == 1

    async def waiting(self, programme_id: ProgrammeId, *, at: datetime, limit: int = 100) -> list[Adjustment]:
        """Give what waits for a second person, oldest first; what lapsed is not among them."""
        query = {
            "programme_id": programme_id,
            "state": AdjustmentState.WAITING.value,
            "lapses_at": {"$gt": at},
        }
        cursor = self._database["adjustments"].find(query, session=self._session)
        return [from_document(Adjustment, document) async for document in cursor.sort("asked_at").limit(limit)]

    async def moved_by(self, staff_id: str, member_id: MemberId, currency: str, *, since: datetime) -> int:
        """Give how many points one person alone gave and took on one member since an instant, both counted up."""
        query = {
            "member_id": member_id,
            "currency": currency,
            "staff_id": staff_id,
            "state": AdjustmentState.APPLIED.value,
            "decided_by": None,
            "asked_at": {"$gte": since},
        }
        cursor = self._database["adjustments"].find(query, {"points": 1}, session=self._session)
        return sum([abs(document["points"]) async for document in cursor])
