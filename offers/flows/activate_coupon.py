"""Activate a coupon that was granted as a draft: its owner hears of it now."""

from dataclasses import dataclass, replace

from offers.flows.coupon_news import tell_granted
from offers.model.clock import Clock
from offers.model.coupon import Coupon, CouponId, CouponState
from offers.model.ids import ProgrammeId
from offers.model.limit_errors import UnknownCoupon
from offers.store.store import Store
from offers.store.work import Work


@dataclass(frozen=True, slots=True)
class ActivateCoupon:
    """Activating what is not a draft changes nothing. Raises UnknownCoupon, Busy."""

    store: Store
    clock: Clock

    async def __call__(self, programme_id: ProgrammeId, coupon_id: CouponId) -> Coupon:
        return await self.store.transact(lambda work: self._activate(work, programme_id, coupon_id))

    async def _activate(self, work: Work, programme_id: ProgrammeId, coupon_id: CouponId) -> Coupon:
        coupon = await work.coupons.get(coupon_id)
        if coupon is None or coupon.programme_id != programme_id:
            raise UnknownCoupon
        at = self.clock()
        if not await work.coupons.change_state(coupon_id, before=[CouponState.DRAFT], after=CouponState.ACTIVE, at=at):
            return coupon
        active = replace(coupon, state=CouponState.ACTIVE)
        await tell_granted(work, active, at=at)
        return active
