"""Where in a budget's pocket an amount is: the pocket opened, fitted to its cap, merged near its end."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from offers.engine.periods import pocket_of, slices_of
from offers.engine.slices import choose, cut, merged, resized, should_merge, start_of
from offers.flows.release_takes import ReleaseLapsed
from offers.flows.shared_looks import shared
from offers.model.budget import Ask, Budget, Slice
from offers.model.clock import Clock
from offers.model.limit_errors import BudgetExhausted
from offers.model.take import Take, TakeKind, Taker, TakeState
from offers.store.store import Store
from offers.store.work import Work

_LOOKS = 3
_MERGING_LASTS = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Pockets:
    """Looks and tidies; it takes nothing. Every step may be made twice, and by several processes at once."""

    store: Store
    clock: Clock

    async def place(self, take: Take, ask: Ask) -> Take:
        """Give the take the slice it may come out of. Raises BudgetExhausted.

        Holds whose time is over are released before anybody is refused.
        """
        for _ in range(_LOOKS):
            slices = await self._slices(take.pocket, ask.budget)
            remaining = [each.remaining for each in slices]
            start = start_of(take.member_id or take.cause, len(slices))
            chosen = choose(remaining, take.amount, start=start)
            if chosen is not None:
                return replace(take, source=slices[chosen].id)
            if sum(remaining) >= take.amount:
                await self._merge(take.pocket)
            elif not await ReleaseLapsed(self.store, self.clock).of(pocket=take.pocket):
                break
        raise BudgetExhausted(
            budget=ask.budget.name, measure=ask.budget.measure, asked=take.amount, left=sum(remaining)
        )

    async def _slices(self, pocket: str, budget: Budget) -> list[Slice]:
        budgets = self.store.reading.budgets
        looked = await shared(lambda: budgets.slices([pocket]), self.store.database.name, "pocket", pocket)
        slices = looked.get(pocket)
        if slices is None:
            await self.store.transact(lambda work: open_pocket(work, budget, pocket))
        elif tuple(slices) != resized(slices, budget.cap):
            await self.store.transact(lambda work: _resize(work, pocket, budget.cap))
        elif should_merge([each.remaining for each in slices], budget.cap) and await self._may_merge(slices):
            await self._merge(pocket)
        else:
            return slices
        return (await budgets.slices([pocket]))[pocket]

    async def _may_merge(self, slices: list[Slice]) -> bool:
        at = self.clock()
        return await self.store.reading.budgets.may_merge(slices, at=at, until=at + _MERGING_LASTS)

    async def _merge(self, pocket: str) -> None:
        async def merge(work: Work) -> None:
            slices = (await work.budgets.slices([pocket]))[pocket]
            left = merged([each.remaining for each in slices])
            gathered = [replace(each, remaining=now) for each, now in zip(slices, left, strict=True)]
            await work.budgets.rearrange(slices, gathered)

        await self.store.transact(merge)


async def open_pocket(work: Work, budget: Budget, pocket: str) -> None:
    """Make the slices of a pocket, unless it is open."""
    if not await work.budgets.slices([pocket]):
        await work.budgets.open_pocket(budget.id, pocket, cut(budget.cap, slices_of(budget)))


def new_take(ask: Ask, taker: Taker, *, cause: str, at: datetime) -> Take:
    """Make the take of a budget; its `source`, the slice, is still to be chosen."""
    return Take(
        key=f"{cause}:{ask.budget.id}",
        cause=cause,
        kind=TakeKind.BUDGET,
        programme_id=taker.programme_id,
        source="",
        pocket=pocket_of(ask.budget, taker, at),
        amount=ask.amount,
        state=TakeState.TRYING,
        at=at,
        member_id=taker.member_id,
        outlet_id=taker.outlet_id,
        refill=ask.budget.refill,
    )


async def _resize(work: Work, pocket: str, cap: int) -> None:
    slices = (await work.budgets.slices([pocket]))[pocket]
    await work.budgets.rearrange(slices, resized(slices, cap))
