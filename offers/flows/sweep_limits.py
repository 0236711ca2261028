"""Sweep limits: end holds whose time is over, mend what dead processes left, mark coupons that expired."""

from dataclasses import dataclass

from offers.flows.expire_coupons import ExpireCoupons
from offers.flows.mend_marks import MendMarks
from offers.flows.release_takes import ReleaseLapsed
from offers.model.clock import Clock
from offers.store.store import Store

ROUNDS = 50
"""How often each is repeated while it finds as much as it takes at once."""
_AT_ONCE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    released: int
    mended: int
    expired: int


@dataclass(frozen=True, slots=True)
class SweepLimits:
    """Bookkeeping; any number of processes may sweep at once."""

    store: Store
    clock: Clock

    async def __call__(self) -> Swept:
        released = mended = expired = 0
        for _ in range(ROUNDS):
            round_released = await ReleaseLapsed(self.store, self.clock)(limit=_AT_ONCE)
            round_mended = await MendMarks(self.store, self.clock)(limit=_AT_ONCE)
            round_expired = await ExpireCoupons(self.store, self.clock)(limit=_AT_ONCE)
            released, mended, expired = released + round_released, mended + round_mended, expired + round_expired
            if max(round_released, round_mended, round_expired) < _AT_ONCE:
                break
        return Swept(released=released, mended=mended, expired=expired)
