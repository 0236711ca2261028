"""Release what is held: by the caller's wish, or because its time is over. Releasing twice is releasing once."""

from dataclasses import dataclass
from datetime import datetime

from offers.flows.draw import give_up
from offers.flows.shared_looks import shared
from offers.flows.sources import source_of
from offers.model.clock import Clock
from offers.model.errors import Busy
from offers.model.take import Take, TakeState
from offers.store.store import Store
from offers.store.work import Work

LAPSED_AT_ONCE = 100
_PATIENCE_S = 0.2
_LEFT_ALONE = 5
"""So many holds that are somebody else's at this moment end a call: it lasts a second longer, not minutes."""


@dataclass(frozen=True, slots=True)
class ReleaseTakes:
    """Release everything a cause holds; gives what was released by this call. Raises Busy."""

    store: Store
    clock: Clock

    async def __call__(self, cause: str) -> list[Take]:
        return await self.store.transact(lambda work: release_cause(work, cause, at=self.clock()))


@dataclass(frozen=True, slots=True)
class ReleaseLapsed:
    """Release holds, and give up tries, whose time is over.

    A bookkeeper: whoever finds a limit used up does the same for it first, so turning it off changes no decision. What
    is being settled or released at this moment is left alone. So is for a while what a process had under way when it
    died: MongoDB gives its transaction up after `transactionLifetimeLimitSeconds`, and the next call releases it.
    """

    store: Store
    clock: Clock

    async def __call__(
        self, *, pocket: str | None = None, source: str | None = None, limit: int = LAPSED_AT_ONCE
    ) -> int:
        """End up to `limit` of them, of one pocket or source if named; gives how many were ended here."""
        at, ended, left_alone = self.clock(), 0, 0
        for take in await self.store.reading.takes.lapsed(at, pocket=pocket, source=source, limit=limit):
            try:
                ended += await self._end(take, at)
            except Busy:
                left_alone += 1
                if left_alone == _LEFT_ALONE:
                    break
        return ended

    async def of(self, *, pocket: str = "", source: str = "") -> int:
        """End those of one pocket or one source, together with all who want it now; gives how many were ended."""
        return await shared(
            lambda: self(pocket=pocket or None, source=source or None),
            *(self.store.database.name, "lapsed", pocket, source),
        )

    async def _end(self, take: Take, at: datetime) -> bool:
        if take.state is TakeState.TRYING:
            return await give_up(self.store, take, at=at)
        return await self.store.transact(lambda work: release(work, take, at=at), patience_s=_PATIENCE_S)


async def release_cause(work: Work, cause: str, *, at: datetime) -> list[Take]:
    """Release everything a cause holds, in the caller's transaction."""
    held = [take for take in await work.takes.of_cause(cause) if take.state is TakeState.HELD]
    return [take for take in held if await release(work, take, at=at)]


async def release(work: Work, take: Take, *, at: datetime) -> bool:
    """Give a held take back to where it came from; False when it is not held any more.

    The source is written first: it is what others want, and who waits for it shall meet the conflict at once.
    """
    now = await work.takes.get(take.key)
    if now is None or now.state is not TakeState.HELD or now.attempt != take.attempt:
        return False
    await source_of(work, take.kind).put_back(now, now.amount)
    if not await work.takes.release(now, at=at):
        raise Busy(retry_after_s=1)
    return True
