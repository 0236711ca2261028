"""Quotas: counters that no crowd passes, and that forget themselves."""

from datetime import timedelta
from typing import Any

from pymongo import ReturnDocument

from offers.model.quota import Quota
from offers.store.repository import Repository

_KEPT_LONGER = timedelta(hours=1)


class Quotas(Repository):
    async def take(self, quota: Quota) -> bool:
        """Count one use in one write; False when it is one too many.

        A transaction that ends with a refusal takes the count back, so refused uses cost nothing.
        """
        counted: dict[str, Any] | None = await self._database["quotas"].find_one_and_update(
            {"_id": quota.key},
            {"$inc": {"used": 1}, "$setOnInsert": {"forget_at": quota.ends_at + _KEPT_LONGER}},
            upsert=True,
            return_document=ReturnDocument.AFTER,
            session=self._session,
        )
        return counted is not None and counted["used"] <= quota.limit
