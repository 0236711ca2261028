"""What Google reported of saves and deletions: each report once, until it could not be repeated any more."""

from datetime import timedelta

from offers.model.google_holding import GoogleNews
from offers.store.repository import Repository

FORGET_AFTER = timedelta(days=1)
"""A repeated report is refused by its own expiry; a day more covers clocks that differ."""


class GoogleReports(Repository):
    async def keep(self, news: GoogleNews) -> bool:
        """Keep a report under its nonce; False when it was kept before."""
        result = await self._database["google_news"].update_one(
            {"_id": news.nonce},
            {
                "$setOnInsert": {
                    "verb": news.verb.value,
                    "object_suffix": news.object_suffix,
                    "forget_at": news.expires_at + FORGET_AFTER,
                }
            },
            upsert=True,
            session=self._session,
        )
        return result.upserted_id is not None
