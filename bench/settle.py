"""Settled purchases per second, beside bare MongoDB transactions that write the same documents.

Both run on the same embedded MongoDB, with the same number of tills at once, each till with a member of its own.
"""

import asyncio
import secrets
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import uvloop
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from bench.till import TILL, enrol_members, purchase
from offers.flows.enrol_member import Enrolment
from offers.flows.settle_purchase import SettlePurchase
from offers.store.store import Store
from service.now import chance, now
from service.opening import open_store
from service.settings import Settings

TILLS = 16
ORDERS = 150
ROUNDS = 3


async def measure() -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with open_store(Settings(data_folder=Path(folder))) as opened:
            store = opened.store
            members = await enrol_members(store, TILLS)
            for member in members:
                await settle(store, member, "warm")
            await learn_shapes(store)
            ratios = []
            for number in range(ROUNDS):
                ours = await rate(members, lambda each, n, r=number: settle(store, each, f"r{r}-{n}"))
                bare = await rate(members, lambda each, n, r=number: write_bare(store, each, f"b{r}-{n}"))
                ratios.append(ours / bare)
                print(f"settled {ours:7.0f}/s   bare transactions {bare:7.0f}/s   ratio {ours / bare:.2f}")
            print(f"median ratio {sorted(ratios)[ROUNDS // 2]:.2f} (aim 0.50), {TILLS} tills at once")


async def rate(members: list[Enrolment], act: Callable[[Enrolment, int], Awaitable[Any]]) -> float:
    """Let every till do its orders one after another, all tills at once; give orders per second."""

    async def till(member: Enrolment) -> None:
        for number in range(ORDERS):
            await act(member, number)

    started = time.perf_counter()
    async with asyncio.TaskGroup() as tasks:
        for member in members:
            tasks.create_task(till(member))
    return len(members) * ORDERS / (time.perf_counter() - started)


async def settle(store: Store, member: Enrolment, order_ref: str) -> None:
    await SettlePurchase(store, now, chance)(TILL, purchase(member, order_ref))


async def write_bare(store: Store, member: Enrolment, order_ref: str) -> None:
    """Write what one settlement writes, and decide nothing: the database's own limit."""
    database, unique = store.database, f"{member.member.id}-{order_ref}-{secrets.token_hex(4)}"
    receipt, entry, event = SHAPES["receipts"], SHAPES["ledger"], SHAPES["outbox"]
    account = {"_id": member.member.id}
    async with (
        database.client.start_session() as session,
        await session.start_transaction(read_concern=ReadConcern("snapshot"), write_concern=WriteConcern("majority")),
    ):
        bare = database["bare_accounts"]
        await bare.find_one_and_update(account, {"$inc": {"version": 1}}, upsert=True, session=session)
        await database["bare_ledger"].insert_many([{**entry, "_id": unique}], session=session)
        await bare.replace_one(account, {**SHAPES["accounts"], **account}, upsert=True, session=session)
        await database["bare_receipts"].insert_one({**receipt, "_id": unique}, session=session)
        counted = {"$set": {"counters": SHAPES["members"]["counters"]}}
        await database["bare_members"].update_one(account, counted, upsert=True, session=session)
        await database["bare_outbox"].insert_many([{**event, "_id": unique}], session=session)


SHAPES: dict[str, dict[str, Any]] = {}


async def learn_shapes(store: Store) -> None:
    """Take one document of each kind, as a settlement wrote it, for the bare transactions to write."""
    for name in ("receipts", "ledger", "outbox", "accounts", "members"):
        found = await store.database[name].find_one(sort=[("_id", -1)])
        SHAPES[name] = {key: value for key, value in (found or {}).items() if key != "_id"}
        await store.database.create_collection(f"bare_{name}")


def main() -> None:
    uvloop.run(measure())


if __name__ == "__main__":
    main()
