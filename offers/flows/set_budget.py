"""Set a budget: a new one, or another cap for one that is in use."""

from dataclasses import dataclass, replace

from offers.model.budget import Budget, BudgetId
from offers.model.clock import Clock
from offers.model.ids import Chance, ProgrammeId, new_id
from offers.model.limit_errors import UnknownBudget
from offers.store.store import Store
from offers.store.work import Work


@dataclass(frozen=True, slots=True)
class SetBudget:
    store: Store
    clock: Clock
    chance: Chance

    async def add(self, budget: Budget) -> Budget:
        """Keep a new budget under an id of its own."""
        at = self.clock()
        named = replace(budget, id=BudgetId(new_id(at, self.chance)), created_at=at)
        await self.store.reading.budgets.keep(named)
        return named

    async def change_cap(self, programme_id: ProgrammeId, budget_id: BudgetId, cap: int) -> Budget:
        """Give a budget another cap; its open pockets follow at their next take. Raises UnknownBudget, Busy.

        A pocket is not cut below what was taken of it.
        """

        async def change(work: Work) -> Budget:
            budget = await work.budgets.get(budget_id)
            if budget is None or budget.programme_id != programme_id:
                raise UnknownBudget
            changed = replace(budget, cap=cap)
            await work.budgets.keep(changed)
            return changed

        return await self.store.transact(change)
