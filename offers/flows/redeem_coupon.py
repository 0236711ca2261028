"""Redeem a coupon at once: its use is held, then settled, and the member hears of it."""

from dataclasses import dataclass

from offers.flows.draw import TRY_LASTS
from offers.flows.hold_coupon import HoldCoupon
from offers.flows.settle_takes import settle_takes
from offers.model.clock import Clock
from offers.model.coupon import CouponId
from offers.model.take import Take, Taker, TakeState
from offers.store.store import Store


@dataclass(frozen=True, slots=True)
class RedeemCoupon:
    """Redeem once: the same cause again gives the same take; what the cause holds already is settled.

    Raises UnknownCoupon, CouponOfAnother, CouponNotAvailable, HoldLapsed, Busy.
    """

    store: Store
    clock: Clock

    async def __call__(self, coupon_id: CouponId, taker: Taker, *, cause: str) -> Take:
        at = self.clock()
        take = await HoldCoupon(self.store, self.clock)(coupon_id, taker, cause=cause, until=at + TRY_LASTS)
        if take.state is not TakeState.HELD:
            return take
        (settled,) = await self.store.transact(lambda work: settle_takes(work, cause, at=at, keys=[take.key]))
        return settled
