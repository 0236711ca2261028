"""Holds whose time is over come back by themselves, also beside one that somebody else has under way."""

import secrets
from datetime import timedelta

import pytest

from offers.flows.hold_budgets import HoldBudgets
from offers.flows.look_at_budgets import LookAtBudgets
from offers.flows.release_takes import ReleaseLapsed
from offers.flows.set_budget import SetBudget
from offers.flows.sweep_limits import SweepLimits
from offers.model.budget import Ask, Budget, BudgetId, Measure
from offers.model.ids import ProgrammeId
from offers.model.limit_errors import BudgetExhausted
from offers.model.take import Taker, TakeState
from offers.store.store import Store
from tests.clock import SettableClock

PROGRAMME = ProgrammeId("p1")
TAKER = Taker(programme_id=PROGRAMME)


async def budget_of(store: Store, clock: SettableClock, cap: int) -> Budget:
    asked = Budget(
        id=BudgetId(""),
        programme_id=PROGRAMME,
        owner="campaign:spring",
        name="spring",
        measure=Measure.USES,
        cap=cap,
        zone="UTC",
        created_at=clock(),
    )
    return await SetBudget(store, clock, secrets.token_bytes).add(asked)


async def hold(store: Store, clock: SettableClock, budget: Budget, cause: str) -> None:
    until = clock() + timedelta(minutes=15)
    await HoldBudgets(store, clock)([Ask(budget=budget, amount=1)], TAKER, cause=cause, until=until)


async def test_a_lapsed_hold_that_is_being_settled_keeps_nobody_from_releasing_the_others(
    store: Store, clock: SettableClock
) -> None:
    """As when a process died between settling and the end of its transaction: MongoDB keeps that for a while."""
    budget = await budget_of(store, clock, 3)
    for cause in ("a", "b", "c"):
        await hold(store, clock, budget, cause)
    clock.move(timedelta(minutes=16))
    (take,) = await store.reading.takes.of_cause("a")
    async with store.database.client.start_session() as session:
        await session.start_transaction()
        await store.database["takes"].update_one(
            {"_id": take.key}, {"$set": {"state": TakeState.SETTLED.value}}, session=session
        )

        released = await ReleaseLapsed(store, clock)()

        assert released == 2
        await hold(store, clock, budget, "d")
        await session.abort_transaction()

    assert (await SweepLimits(store, clock)()).released == 1
    (proof,) = [proof async for proof in LookAtBudgets(store, clock).prove()]
    assert (proof.is_whole, proof.out) == (True, 1)


async def test_what_is_being_settled_at_this_moment_is_still_out(store: Store, clock: SettableClock) -> None:
    budget = await budget_of(store, clock, 1)
    await hold(store, clock, budget, "a")
    clock.move(timedelta(minutes=16))
    (take,) = await store.reading.takes.of_cause("a")
    async with store.database.client.start_session() as session:
        await session.start_transaction()
        await store.database["takes"].update_one({"_id": take.key}, {"$set": {"state": "settled"}}, session=session)

        with pytest.raises(BudgetExhausted):
            await hold(store, clock, budget, "b")

        await session.abort_transaction()
    await hold(store, clock, budget, "b")
