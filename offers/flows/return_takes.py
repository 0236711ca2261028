"""Return takes with their purchase, whole or in parts: each gives back what its policy says, once."""

from dataclasses import dataclass
from datetime import datetime

from offers.engine.refills import Returned, refill_target
from offers.flows.return_coupon import return_coupon
from offers.flows.sources import source_of
from offers.model.clock import Clock
from offers.model.limit_errors import NothingTaken
from offers.model.take import Take, TakeKind, TakeState
from offers.store.store import Store
from offers.store.work import Work


@dataclass(frozen=True, slots=True)
class ReturnTakes:
    """Return in a transaction of its own; saying the same sum again changes nothing. Raises NothingTaken, Busy."""

    store: Store
    clock: Clock

    async def __call__(self, cause: str, returned: Returned) -> list[Take]:
        takes = await self.store.transact(lambda work: return_takes(work, cause, returned, at=self.clock()))
        if not takes:
            raise NothingTaken
        return takes


async def return_takes(work: Work, cause: str, returned: Returned, *, at: datetime) -> list[Take]:
    """Return what a cause took for good, in the caller's transaction; gives those takes as they were before."""
    takes = [take for take in await work.takes.of_cause(cause) if take.settled_at is not None]
    for take in takes:
        if take.state is TakeState.SETTLED:
            await _return(work, take, returned, at=at)
    return takes


async def _return(work: Work, take: Take, returned: Returned, *, at: datetime) -> None:
    target, refilled = refill_target(take, returned)
    if target == take.returned:
        return
    await work.takes.give_back(take, returned=target, refilled=refilled, at=at)
    if not (more := refilled - take.refilled):
        return
    if take.kind is TakeKind.COUPON:
        await return_coupon(work, take, at=at)
    else:
        await source_of(work, take.kind).put_back(take, more)
