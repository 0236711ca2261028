"""What Google has of each class, and who is telling it: one process at a time, whoever notices first."""

from datetime import datetime
from typing import Any

from pymongo.errors import DuplicateKeyError

from offers.store.repository import Repository


class GoogleClasses(Repository):
    async def body(self, class_id: str) -> dict[str, Any] | None:
        """Give the body Google is known to have."""
        found = await self._database["google_classes"].find_one({"_id": class_id}, session=self._session)
        return found.get("body") if found else None

    async def claim(self, class_id: str, *, until: datetime, at: datetime) -> bool:
        """Take the telling of a class upon oneself for a while; False when another process has."""
        free = {"_id": class_id, "$or": [{"claimed_until": {"$lte": at}}, {"claimed_until": None}]}
        try:
            result = await self._database["google_classes"].update_one(
                free, {"$set": {"claimed_until": until}}, upsert=True
            )
        except DuplicateKeyError:
            return False
        return result.modified_count == 1 or result.upserted_id is not None

    async def release(self, class_id: str, body: dict[str, Any] | None) -> None:
        """End a telling; `body` is what Google now has, None when it is not known to have it."""
        change: dict[str, Any] = {"claimed_until": None}
        if body is not None:
            change["body"] = body
        await self._database["google_classes"].update_one({"_id": class_id}, {"$set": change}, upsert=True)

    async def forget(self, class_id: str) -> None:
        """Forget what Google has: it says that it has no such class."""
        await self._database["google_classes"].update_one({"_id": class_id}, {"$unset": {"body": ""}})
