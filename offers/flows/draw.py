"""Draw a take from its source by single writes: claim the key, draw, hold. No order of crashes draws twice.

1. The take is kept as `trying`, under its key: one try at a time has the key.
2. One conditional write on the source takes the amount and leaves the try's mark.
3. The take becomes `held`, unless another try has the key by now; then the mark tells what to give back.
4. The mark is cleared.

Whoever finds a try that stands still gives it up and undoes its draw; a mark whose take tells another story is undone
by `mend_marks`. So an amount may be out for a minute with nobody holding it, but is never held without being out.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from offers.flows.shared_looks import looked_up
from offers.flows.sources import source_of
from offers.flows.turns import Queue, queue_for, turn
from offers.model.clock import Clock
from offers.model.errors import Busy, OfferError
from offers.model.take import Take, TakeState
from offers.store.store import Store

TRY_LASTS = timedelta(minutes=1)
"""How long a try may stand still before a sweeper gives it up."""
TRIES = 200
_PAUSE_S = 0.02
_PATIENCE = 50
"""How many pauses another try under the same key is waited for before it is given up: a second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A take with its source chosen, and the write that draws it."""

    take: Take
    write: Callable[[Take], Awaitable[bool]]


Place = Callable[[], Awaitable[Placed]]
"""Chooses the source anew, by what is there now; raises the refusal when there is nothing. It takes nothing."""


@dataclass(frozen=True, slots=True)
class Draw:
    """Hold under a key, once: when the key holds already, or was settled, that take is the answer.

    Raises Busy, and whatever `place` raises; then nothing is held.
    """

    store: Store
    clock: Clock

    async def __call__(self, key: str, place: Place, *, wanted: str, until: datetime) -> Take:
        """Draw in turn: `wanted` names what others in this process may want at the same moment."""
        queue, waited = queue_for(wanted), 0
        for _ in range(TRIES):
            earlier = await find_take(self.store, key)
            if earlier is not None and earlier.is_out:
                return earlier
            if earlier is not None and earlier.state is TakeState.TRYING:
                waited += 1
                if waited < _PATIENCE:
                    await asyncio.sleep(_PAUSE_S)
                else:
                    await give_up(self.store, earlier, at=self.clock())
                continue
            if queue.locked() or queue.refuses:
                await place()  # whoever comes too late is refused together with all the others, and not in turn
                queue.refuses = False
            async with turn(wanted):
                held = None if queue.refuses else await self._try_in_turn(queue, place, earlier, until)
            if held is not None:
                return held
        raise Busy(retry_after_s=1)

    async def _try_in_turn(self, queue: Queue, place: Place, earlier: Take | None, until: datetime) -> Take | None:
        try:
            return await self._try(await place(), earlier, until)
        except OfferError:
            queue.refuses = True
            raise

    async def _try(self, placed: Placed, earlier: Take | None, until: datetime) -> Take | None:
        """Try once. None: somebody else has the key, or took what was seen."""
        takes, at = self.store.reading.takes, self.clock()
        attempt = earlier.attempt + 1 if earlier else 1
        take = replace(placed.take, state=TakeState.TRYING, attempt=attempt, at=at, until=at + TRY_LASTS)
        claimed = await takes.try_again(take, earlier) if earlier else await takes.try_first(take)
        if not claimed:
            return None
        source = source_of(self.store.reading, take.kind)
        if not await placed.write(take):
            await takes.drop(take, at=at)
            return None
        if not await takes.hold(take, until=until):
            await source.undraw(take)
            return None
        await source.clear(take)
        return replace(take, state=TakeState.HELD, until=until)


async def find_take(store: Store, key: str) -> Take | None:
    """Give the take under a key, looked up together with others."""

    async def find(keys: Collection[str]) -> Mapping[str, Take]:
        return {take.key: take for take in await store.reading.takes.find(keys)}

    return await looked_up(key, find, store.database.name, "takes")


async def give_up(store: Store, take: Take, *, at: datetime) -> bool:
    """Give up a try that stands still, and undo its draw if it had drawn; False when it is over already."""
    if not await store.reading.takes.drop(take, at=at):
        return False
    await source_of(store.reading, take.kind).undraw(take)
    return True
