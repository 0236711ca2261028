"""Count sources: how many members each poster, link and campaign brought, and what they did since."""

from dataclasses import dataclass
from datetime import datetime

from offers.model.arrival import SourceCount
from offers.model.programme import Programme
from offers.store.store import Store

MAX_SOURCES = 500


@dataclass(frozen=True, slots=True)
class CountSources:
    """Reads only. Members who joined from `since` until before `until`; the 500 largest sources."""

    store: Store

    async def __call__(
        self, programme: Programme, *, since: datetime | None = None, until: datetime | None = None
    ) -> list[SourceCount]:
        return await self.store.reading.arrivals.count(programme.id, since=since, until=until, limit=MAX_SOURCES)
