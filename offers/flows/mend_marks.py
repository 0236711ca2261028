"""Mend marks: what a process that died between two writes left at budgets, vouchers and coupons."""

from dataclasses import dataclass, replace
from datetime import timedelta

from offers.flows.draw import TRY_LASTS
from offers.flows.sources import source_of
from offers.model.clock import Clock
from offers.model.take import Mark, Take, TakeKind, TakeState
from offers.store.store import Store

MENDED_AT_ONCE = 500
_LONG_OVER = TRY_LASTS + timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class MendMarks:
    """Give how many stale marks there were. A bookkeeper: it gives back what nobody holds, and decides nothing.

    A mark is in order when its take is out by the word of the same try; then it is cleared. A try that still stands is
    left to `ReleaseLapsed`. Everything else was drawn for nobody and is undone. A release clears the mark in the write
    that gives the amount back, so that no amount is given back twice.
    """

    store: Store
    clock: Clock

    async def __call__(self, *, limit: int = MENDED_AT_ONCE) -> int:
        before, mended = self.clock() - _LONG_OVER, 0
        for kind in TakeKind:
            source = source_of(self.store.reading, kind)
            for source_id, mark in await source.stale_marks(before, limit=limit):
                await self._mend(kind, source_id, mark)
                mended += 1
        return mended

    async def _mend(self, kind: TakeKind, source_id: str, mark: Mark) -> None:
        take = await self.store.reading.takes.get(mark.key)
        source = source_of(self.store.reading, kind)
        if take is not None and take.attempt == mark.attempt and take.source == source_id:
            if take.is_out:
                await source.clear(take)
            elif take.state is not TakeState.TRYING:
                await source.undraw(take)
        elif take is not None:
            await source.undraw(_as_it_was(take, source_id, mark))


def _as_it_was(take: Take, source_id: str, mark: Mark) -> Take:
    """Give the take of an earlier try under the same key."""
    return replace(
        take,
        source=source_id,
        attempt=mark.attempt,
        amount=mark.amount,
        pocket=mark.pocket,
        extended_until=mark.extended_until,
    )
