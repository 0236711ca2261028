"""Hold amounts of budgets: all that are asked for or none, outside of any member's transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from offers.flows.draw import TRY_LASTS, Draw, Placed
from offers.flows.pockets import Pockets, new_take
from offers.flows.release_takes import release
from offers.flows.settle_takes import settle_takes
from offers.model.budget import Ask
from offers.model.clock import Clock
from offers.model.errors import OfferError
from offers.model.take import Take, Taker
from offers.store.store import Store


@dataclass(frozen=True, slots=True)
class HoldBudgets:
    """Hold once: the same cause asking again gets the same takes, though a budget may be used up since.

    With `until` None they are settled at once. Raises BudgetExhausted and Busy; then nothing new is held.
    """

    store: Store
    clock: Clock

    async def __call__(self, asks: Sequence[Ask], taker: Taker, *, cause: str, until: datetime | None) -> list[Take]:
        held: list[Take] = []
        wanted = [ask for ask in asks if ask.amount > 0]
        before = await self.store.reading.takes.of_cause(cause) if len(wanted) > 1 else []
        known = {take.key for take in before if take.is_out}
        try:
            for ask in wanted:
                take = await self.one(ask, taker, cause=cause, until=until or self.clock() + TRY_LASTS)
                held.append(take)
        except OfferError:
            await self._let_go([take for take in held if take.key not in known])
            raise
        if until is not None:
            return held
        keys = [take.key for take in held]
        return await self.store.transact(lambda work: settle_takes(work, cause, at=self.clock(), keys=keys))

    async def one(self, ask: Ask, taker: Taker, *, cause: str, until: datetime) -> Take:
        """Hold an amount of one budget."""
        take = new_take(ask, taker, cause=cause, at=self.clock())
        pockets = Pockets(self.store, self.clock)

        async def place() -> Placed:
            return Placed(take=await pockets.place(take, ask), write=self.store.reading.budgets.draw)

        return await Draw(self.store, self.clock)(take.key, place, wanted=take.pocket, until=until)

    async def _let_go(self, takes: Sequence[Take]) -> None:
        """Release what this call held before it was refused. What stays when that fails lapses by itself."""
        for take in takes:
            await self.store.transact(lambda work, take=take: release(work, take, at=self.clock()))  # type: ignore[misc] # the default binds this turn's take
