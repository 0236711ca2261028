"""An event loop of its own with a store on it: Hypothesis's machines are not asynchronous."""

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

from pymongo import AsyncMongoClient

from offers.model.errors import OfferError
from offers.store.store import Store

Answer = TypeVar("Answer")


class Loop:
    """Runs what a step does to its end; an expected refusal is an answer like any other."""

    def __init__(self, uri: str, database: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._client = AsyncMongoClient[dict[str, Any]](uri, tz_aware=True)
        self.store = Store(self._client, database)
        self.run(self.store.prepare())

    def run(self, work: Awaitable[Answer]) -> Answer:
        return self._loop.run_until_complete(work)

    def attempt(self, work: Awaitable[Answer]) -> Answer | None:
        """Do it, or be refused: a refusal leaves nothing behind, which the proof sees."""
        try:
            return self.run(work)
        except OfferError:
            return None

    def empty(self) -> None:
        async def delete() -> None:
            for name in await self.store.database.list_collection_names():
                await self.store.database[name].delete_many({})

        self.run(delete())

    def close(self) -> None:
        self.run(self._client.close())
        self._loop.close()
