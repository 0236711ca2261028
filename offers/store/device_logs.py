"""What phones complain of: the newest of them, for a month."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from offers.model.device_log import DeviceLog
from offers.model.ids import ProgrammeId
from offers.store.codec import from_document, to_document
from offers.store.repository import Repository


class DeviceLogs(Repository):
    async def keep(self, logs: Sequence[DeviceLog], *, limit: int) -> None:
        """Add lines, and forget the oldest beyond the limit."""
        collection = self._database["device_logs"]
        await collection.insert_many([to_document(log) for log in logs], session=self._session)
        if await collection.estimated_document_count() <= limit:
            return
        newest = collection.find({}, {"received_at": 1}, session=self._session).sort("received_at", -1)
        async for first_beyond in newest.skip(limit).limit(1):
            await collection.delete_many({"received_at": {"$lte": first_beyond["received_at"]}}, session=self._session)

    async def newest(self, programme_id: ProgrammeId, *, before: datetime | None, limit: int) -> list[DeviceLog]:
        query: dict[str, Any] = {"programme_id": {"$in": [programme_id, None]}}
        if before is not None:
            query["received_at"] = {"$lt": before}
        cursor = self._database["device_logs"].find(query, session=self._session).sort("received_at", -1)
        return [from_document(DeviceLog, document) async for document in cursor.limit(limit)]
