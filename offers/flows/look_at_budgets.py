"""Look at budgets: what is left for somebody, and the proof that nothing leaked."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from offers.engine.periods import pocket_of
from offers.model.budget import Budget, BudgetId, PocketProof
from offers.model.clock import Clock
from offers.model.ids import ProgrammeId
from offers.model.limit_errors import UnknownBudget
from offers.model.take import Taker
from offers.store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetSight:
    """A budget and what is left in the pocket of whoever asks."""

    budget: Budget
    pocket: str
    left: int


@dataclass(frozen=True, slots=True)
class LookAtBudgets:
    """Reads only; what is left may be gone a moment later, so it decides nothing. Raises UnknownBudget."""

    store: Store
    clock: Clock

    async def one(self, programme_id: ProgrammeId, budget_id: BudgetId) -> Budget:
        budget = await self.store.reading.budgets.get(budget_id)
        if budget is None or budget.programme_id != programme_id:
            raise UnknownBudget
        return budget

    async def page(self, programme_id: ProgrammeId, *, after: str = "", limit: int = 100) -> list[Budget]:
        """Give the programme's budgets in a stable order; `after` is the id of the last one seen."""
        return await self.store.reading.budgets.of_programme(programme_id, after=after, limit=min(limit, 100))

    async def left(self, owners: Sequence[str], taker: Taker) -> list[BudgetSight]:
        """Give every budget of some campaigns and offers with what is left of it for this member and outlet."""
        return await self.left_of(await self.store.reading.budgets.of_owners(taker.programme_id, owners), taker)

    async def left_of(self, budgets: Sequence[Budget], taker: Taker) -> list[BudgetSight]:
        """Give what may be had of each: holds whose time is over stand in nobody's way, released or not."""
        at = self.clock()
        pockets = [pocket_of(budget, taker, at) for budget in budgets]
        slices = await self.store.reading.budgets.slices(pockets)
        remaining = {pocket: sum(each.remaining for each in parts) for pocket, parts in slices.items()}
        lapsed = await self.store.reading.takes.lapsed_of(list(remaining), at) if remaining else {}
        return [
            BudgetSight(
                budget=budget,
                pocket=pocket,
                left=remaining[pocket] + lapsed.get(pocket, 0) if pocket in remaining else budget.cap,
            )
            for budget, pocket in zip(budgets, pockets, strict=True)
        ]

    async def prove(self, budget_id: BudgetId | None = None) -> AsyncIterator[PocketProof]:
        """Count over every pocket, of one budget or of all. Exact while nobody takes; a leak is one that stays."""
        reading = self.store.reading
        async for owner, pocket, cap, remaining in reading.budgets.pockets(budget_id):
            out = await reading.takes.out_of(pocket)
            yield PocketProof(budget_id=owner, pocket=pocket, cap=cap, remaining=remaining, out=out)
