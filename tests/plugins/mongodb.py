"""One real MongoDB for the whole run, shared by every test worker; one database for each worker."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from pymongo import AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase

from offers.store.store import Store
from service.cancellation import keep_cancellations
from service.mongod import EmbeddedMongo

_URI = "tessera_mongo_uri"
_ROOM_IN_MEMORY_BYTES = 3 * 1024**3


class SharedMongo:
    """A mongod on a folder that is thrown away, started by whoever needs it first in this process."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._mongo: EmbeddedMongo | None = None

    def uri(self) -> str:
        if self._mongo is None:
            self._folder = throw_away_folder()
            self._mongo = EmbeddedMongo(self._folder)
            _run(self._mongo.__aenter__())
            _run(_forget_nothing(self._mongo.uri))
        return self._mongo.uri

    def stop(self) -> None:
        if self._mongo is not None:
            _run(self._mongo.__aexit__(None, None, None))
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)


async def _forget_nothing(uri: str) -> None:
    """Tests have a clock of their own: by the server's, a quote of theirs would be months old and swept away."""
    async with AsyncMongoClient[dict[str, Any]](uri) as client:
        await client.admin.command("setParameter", 1, ttlMonitorEnabled=False)


def throw_away_folder() -> Path:
    """In memory where there is room: the tests ask for commits, not for durable ones."""
    memory = Path("/dev/shm")  # noqa: S108 - a folder of our own is made inside
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > _ROOM_IN_MEMORY_BYTES
    return Path(tempfile.mkdtemp(prefix="tessera-mongo-", dir=memory if roomy else None))


def _run(work: Coroutine[Any, Any, object]) -> None:
    """On a loop of its own that leaves the loop of the tests alone."""
    loop = asyncio.new_event_loop()
    try:
        loop.run_until_complete(work)
    finally:
        loop.close()


_SHARED = pytest.StashKey[SharedMongo]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_SHARED] = SharedMongo()


def pytest_unconfigure(config: pytest.Config) -> None:
    config.stash[_SHARED].stop()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Runs with xdist, in the process that hands out the work: start once, tell every worker the address."""
    asked_for = [Path(str(word)).parts[:2] for word in node.config.args]
    if any(parts != ("tests", "unit") for parts in asked_for):
        node.workerinput[_URI] = node.config.stash[_SHARED].uri()


@pytest.fixture(scope="session")
def mongo_uri(request: pytest.FixtureRequest) -> str:
    """The address of a primary, ready for transactions."""
    told: dict[str, str] = getattr(request.config, "workerinput", {})
    return told.get(_URI) or request.config.stash[_SHARED].uri()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def mongo_client(mongo_uri: str) -> AsyncIterator[AsyncMongoClient[dict[str, Any]]]:
    keep_cancellations()
    client = AsyncMongoClient[dict[str, Any]](mongo_uri, tz_aware=True, uuidRepresentation="standard")
    async with client:
        yield client


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def _prepared(mongo_client: AsyncMongoClient[dict[str, Any]], worker_id: str) -> Store:
    prepared = Store(mongo_client, f"tessera_test_{worker_id}")
    await prepared.prepare()
    return prepared


@pytest_asyncio.fixture(loop_scope="session")
async def database(_prepared: Store) -> AsyncDatabase[dict[str, Any]]:
    """This worker's database with its indexes and not one document.

    Emptied before a test, not after: what a failed test left can be looked at, and harms nobody.
    """
    whole = _prepared.database
    await asyncio.gather(*(whole[name].delete_many({}) for name in await _holding_something(whole)))
    return whole


async def _holding_something(whole: AsyncDatabase[dict[str, Any]]) -> list[str]:
    """One question about all collections: to delete from each of them takes ten times as long as a small test."""
    names = await whole.list_collection_names()
    first, *others = ((name, [{"$limit": 1}, {"$project": {"_id": 0, "name": {"$literal": name}}}]) for name in names)
    union = [{"$unionWith": {"coll": name, "pipeline": looking}} for name, looking in others]
    return [each["name"] async for each in await whole[first[0]].aggregate([*first[1], *union])]


@pytest.fixture
def store(_prepared: Store, database: AsyncDatabase[dict[str, Any]]) -> Store:
    """The store over this worker's empty database."""
    assert database.name == _prepared.database.name
    return _prepared


@pytest.fixture
def mongo_folder() -> Iterator[Path]:
    """A data folder for a test that starts a mongod itself; gone afterwards, for it is large."""
    folder = throw_away_folder()
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
