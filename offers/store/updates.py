"""Raw Telegram updates, kept under (bot, update) before they are acknowledged."""

from datetime import datetime
from typing import Any

from offers.store.repository import Repository


class Updates(Repository):
    async def keep(self, bot_id: int, update_id: int, raw: dict[str, Any], *, at: datetime) -> bool:
        """Keep an update; False when it was kept before, by webhook or by polling."""
        result = await self._database["updates"].update_one(
            {"_id": f"{bot_id}:{update_id}"},
            {"$setOnInsert": {"raw": raw, "received_at": at}},
            upsert=True,
            session=self._session,
        )
        return result.upserted_id is not None
