"""Sweeping after processes that died with something in their hands, and the proof that nothing is missing."""

import asyncio
from datetime import timedelta

from offers.flows.look_at_budgets import LookAtBudgets
from offers.flows.sweep_limits import SweepLimits
from offers.model.budget import PocketProof
from offers.model.clock import Clock
from offers.model.take import TakeState
from offers.store.store import Store
from service.now import now
from tests.clock import SettableClock

GIVEN_UP_S = 60.0
"""MongoDB gives up the transactions of the dead long before."""


async def sweep_until_nothing_is_held(store: Store, clock: Clock) -> None:
    """Sweep as the service does every minute; a transaction that died under way keeps its takes for a while."""
    under_way = {"state": {"$in": [TakeState.TRYING.value, TakeState.HELD.value]}}
    async with asyncio.timeout(GIVEN_UP_S):
        while (await SweepLimits(store, clock)()).released or await store.database["takes"].count_documents(under_way):
            await asyncio.sleep(0.2)
    await SweepLimits(store, clock)()


async def proofs(store: Store) -> list[PocketProof]:
    return [proof async for proof in LookAtBudgets(store, SettableClock(now() + timedelta(minutes=10))).prove()]
