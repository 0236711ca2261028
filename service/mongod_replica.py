"""Makes the embedded mongod the primary of a replica set of one, which is what transactions need."""

import asyncio
from typing import Any

from pymongo import AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import ConnectionFailure, OperationFailure

from service.mongod_binary import LOOPBACK, REPLICA_SET
from service.mongod_errors import MongoUnavailable

_NOT_YET_INITIALIZED = 94
_COME_BACK_LATER = frozenset(
    {
        23,  # AlreadyInitialized: the stored configuration was still being read
        _NOT_YET_INITIALIZED,
        109,  # ConfigurationInProgress
        11602,  # InterruptedDueToReplStateChange
    }
)
_POLL_S = 0.02


def address_of(port: int) -> str:
    """The address for clients: straight to the node, so that they never follow an address stored earlier."""
    return f"mongodb://{LOOPBACK}:{port}/?directConnection=true"


async def become_primary(port: int) -> None:
    """Initiate the set the first time, correct its address when the port changed, and wait for the election.

    A client of its own, closed at the end: one that met the node before it was a replica set would keep
    taking it for a standalone server without sessions.
    """
    async with AsyncMongoClient[dict[str, Any]](address_of(port), serverSelectionTimeoutMS=5_000) as client:
        while not await _is_primary(client.admin, port):  # noqa: ASYNC110 - mongod sets no asyncio.Event
            await asyncio.sleep(_POLL_S)


async def _is_primary(admin: AsyncDatabase[dict[str, Any]], port: int) -> bool:
    """One step towards being primary; True when there."""
    here = f"{LOOPBACK}:{port}"
    try:
        stored = await _stored_configuration(admin)
        if stored is None:
            members = [{"_id": 0, "host": here}]
            await admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": members})
        elif stored["members"][0]["host"] != here:
            # The node does not find itself under its old address, so there is no majority to ask: force.
            moved = {**stored, "members": [{**stored["members"][0], "host": here}]}
            await admin.command("replSetReconfig", {**moved, "version": stored["version"] + 1}, force=True)
        hello = await admin.command("hello")
    except ConnectionFailure:
        return False
    except OperationFailure as refusal:
        if refusal.code in _COME_BACK_LATER:
            return False
        raise
    return bool(hello["isWritablePrimary"])


async def _stored_configuration(admin: AsyncDatabase[dict[str, Any]]) -> dict[str, Any] | None:
    try:
        stored: dict[str, Any] = (await admin.command("replSetGetConfig"))["config"]
    except OperationFailure as refusal:
        if refusal.code == _NOT_YET_INITIALIZED:
            return None
        raise
    if len(stored["members"]) != 1:
        raise MongoUnavailable("several_nodes", nodes=len(stored["members"]))
    return stored
