"""Expire coupons whose time is over: bookkeeping alone, for where a coupon stands is computed."""

from dataclasses import dataclass

from offers.model.clock import Clock
from offers.model.coupon import CouponState
from offers.store.store import Store

EXPIRED_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class ExpireCoupons:
    """Give how many were marked; call again while that is the limit. Turning it off changes no decision."""

    store: Store
    clock: Clock

    async def __call__(self, *, limit: int = EXPIRED_AT_ONCE) -> int:
        at, coupons = self.clock(), self.store.reading.coupons
        marked = 0
        for coupon in await coupons.ended(at, limit=limit):
            marked += await coupons.change_state(
                coupon.id, before=[CouponState.ACTIVE], after=CouponState.EXPIRED, at=at
            )
        return marked
