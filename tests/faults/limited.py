"""An offer that is limited, and the sweeping after processes that died with some of it in their hands."""

import asyncio
from datetime import timedelta

from offers.flows.look_at_budgets import LookAtBudgets
from offers.flows.set_budget import SetBudget
from offers.flows.sweep_limits import SweepLimits
from offers.model.benefit import Percent
from offers.model.budget import Budget, BudgetId, Measure, PocketProof
from offers.model.clock import Clock
from offers.model.ids import ProgrammeId
from offers.model.offer import Lane, Offer, offer_id
from offers.model.programme import LocalText
from offers.model.rules import Rules
from offers.model.take import Refill, TakeState
from offers.store.store import Store
from service.now import chance, now
from tests.clock import SettableClock

CODE = "first"
GIVEN_UP_S = 60.0
"""MongoDB gives up the transactions of the dead long before."""


async def limit_an_offer(store: Store, programme_id: ProgrammeId, *, cap: int) -> None:
    """Put an offer of ten per cent in force that may be used so often altogether."""
    offer = Offer(
        id=offer_id(programme_id, CODE),
        programme_id=programme_id,
        version=1,
        code=CODE,
        title=LocalText(ru="Скидка первым", en="A discount for the first"),
        lane=Lane.PRICE,
        benefit=Percent(bp=1_000),
    )
    assert await store.reading.rulebooks.keep(Rules(programme_id=programme_id, edition=1, offers=(offer,)), at=now())
    budget = Budget(
        id=BudgetId(""),
        programme_id=programme_id,
        owner=f"offer:{CODE}",
        name=CODE,
        measure=Measure.USES,
        cap=cap,
        zone="UTC",
        created_at=now(),
        refill=Refill.ALWAYS,
        slices=4,
    )
    await SetBudget(store, now, chance).add(budget)


async def sweep_until_nothing_is_held(store: Store, clock: Clock) -> None:
    """Sweep as the service does every minute; a transaction that died under way keeps its takes for a while."""
    under_way = {"state": {"$in": [TakeState.TRYING.value, TakeState.HELD.value]}}
    async with asyncio.timeout(GIVEN_UP_S):
        while (await SweepLimits(store, clock)()).released or await store.database["takes"].count_documents(under_way):
            await asyncio.sleep(0.2)
    await SweepLimits(store, clock)()


async def proofs(store: Store) -> list[PocketProof]:
    return [proof async for proof in LookAtBudgets(store, SettableClock(now() + timedelta(minutes=10))).prove()]
