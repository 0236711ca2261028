"""Opening what every role needs: the store (Tessera's own MongoDB or yours) and the master secret."""

import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pymongo import AsyncMongoClient
from pymongo.errors import ConfigurationError, PyMongoError

from offers.store.store import Store
from service.mongod import DataFolderInUse, EmbeddedMongo
from service.mongod_errors import MongoUnavailable
from service.mongod_folder import MongoFolder
from service.mongod_replica import address_of
from service.settings import Settings

SECRET_BYTES = 32
SERVER_PATIENCE_MS = 10_000
ROUTER = "isdbgrid"  # how mongos, the front of a sharded cluster, calls itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """An open store; `mongo` is the MongoDB that Tessera runs itself, None when it is yours."""

    store: Store
    mongo: EmbeddedMongo | None


@asynccontextmanager
async def open_store(settings: Settings, *, beside: bool = False) -> AsyncIterator[Opened]:
    """Open the store with its indexes in place, and close all of it at the end.

    `beside` is for short commands: a MongoDB that a running Tessera holds is used, not refused. Raises MongoUnavailable
    and DataFolderInUse, which tell the remedy.
    """
    async with AsyncExitStack() as stack:
        mongo = None
        if settings.mongo.uri is not None:
            uri = settings.mongo.uri.get_secret_value()
        else:
            folder = settings.data_folder / "mongo"
            try:
                mongo = await stack.enter_async_context(EmbeddedMongo(folder))
                uri = mongo.uri
            except DataFolderInUse:
                port = MongoFolder(path=folder.resolve()).remembered_port()
                if not beside or port is None:
                    raise
                uri = address_of(port)
        client = await stack.enter_async_context(await _connect(uri))
        store = Store(client, settings.mongo.database)
        await store.prepare()
        yield Opened(store=store, mongo=mongo)


async def _connect(uri: str) -> AsyncMongoClient[dict[str, Any]]:
    """Connect and look who answers: transactions need a replica set, which a single MongoDB can be too."""
    try:
        client = AsyncMongoClient[dict[str, Any]](
            uri, tz_aware=True, appname="tessera", serverSelectionTimeoutMS=SERVER_PATIENCE_MS
        )
    except (ConfigurationError, ValueError) as error:
        raise MongoUnavailable("bad_uri", words=str(error)) from error
    try:
        hello = await client.admin.command("hello")
    except PyMongoError as error:
        await client.close()
        raise MongoUnavailable("no_answer", words=str(error).partition(", Timeout:")[0]) from error
    if "setName" not in hello and hello.get("msg") != ROUTER:
        await client.close()
        raise MongoUnavailable("not_a_set")
    return client


def master_secret(settings: Settings) -> bytes:
    """Give the secret every key is derived from: the setting, else one made once in the data folder.

    Losing it makes every printed card code a forgery, so it belongs in the backup.
    """
    if settings.secret is not None:
        return settings.secret.get_secret_value().encode()
    path = settings.data_folder / "secret"
    if not path.exists():
        _write_once(path, secrets.token_bytes(SECRET_BYTES))
    return path.read_bytes()


def _write_once(path: Path, content: bytes) -> None:
    """Write a private file whole or not at all; when two processes race, the first one's stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    draft.touch(mode=0o600)
    draft.write_bytes(content)
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
