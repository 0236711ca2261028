"""A MongoDB of one test alone, which soon gives up the transactions that the killed leave open."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pymongo import AsyncMongoClient

from offers.store.store import Store
from service.mongod import EmbeddedMongo


@dataclass(frozen=True, slots=True, kw_only=True)
class Mongo:
    uri: str
    store: Store


@asynccontextmanager
async def open_impatient_mongo(folder: Path) -> AsyncIterator[Mongo]:
    """Give transactions up after a second.

    By default MongoDB waits a minute, and all the while the accounts they hold are busy: right, and too long to watch.
    """
    async with (
        EmbeddedMongo(folder) as embedded,
        AsyncMongoClient[dict[str, Any]](embedded.uri, tz_aware=True) as client,
    ):
        await client.admin.command("setParameter", 1, transactionLifetimeLimitSeconds=1)
        store = Store(client, "tessera")
        await store.prepare()
        yield Mongo(uri=embedded.uri, store=store)
