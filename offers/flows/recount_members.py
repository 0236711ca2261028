"""Recount members: counters brought up to date from the receipts, wherever an import left its mark."""

from collections.abc import Callable
from dataclasses import dataclass

from offers.model.ids import ProgrammeId
from offers.store.store import Store
from offers.store.work import Work

MEMBERS_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class RecountMembers:
    """Recount everyone marked, a hundred in each transaction; interrupted, it goes on where it stopped."""

    store: Store

    async def __call__(self, programme_id: ProgrammeId, *, on_counted: Callable[[int], None] = lambda _: None) -> int:
        """Give how many members were recounted; `on_counted` hears how many are done."""
        whole = 0
        while counted := await self.store.transact(lambda work: self._some(work, programme_id)):
            whole += counted
            on_counted(whole)
        return whole

    async def waiting(self, programme_id: ProgrammeId) -> int:
        return await self.store.reading.imports.waiting_for_recount(programme_id)

    async def _some(self, work: Work, programme_id: ProgrammeId) -> int:
        due = await work.imports.due_for_recount(programme_id, limit=MEMBERS_AT_ONCE)
        await work.imports.recount(due)
        return len(due)
