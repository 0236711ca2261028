"""Revoke a coupon: nobody may use it from now on, and what is held of it is let go, so that it cannot be settled."""

from dataclasses import dataclass
from datetime import datetime

from offers.flows.release_takes import release
from offers.model.clock import Clock
from offers.model.coupon import Coupon, CouponId, CouponState
from offers.model.ids import ProgrammeId
from offers.model.limit_errors import UnknownCoupon
from offers.model.take import TakeKind
from offers.store.store import Store
from offers.store.work import Work


@dataclass(frozen=True, slots=True)
class RevokeCoupon:
    """Revoking twice is revoking once; uses that were settled stay as they are. Raises UnknownCoupon, Busy."""

    store: Store
    clock: Clock

    async def __call__(self, programme_id: ProgrammeId, coupon_id: CouponId) -> Coupon:
        return await self.store.transact(lambda work: self._revoke(work, programme_id, coupon_id))

    async def _revoke(self, work: Work, programme_id: ProgrammeId, coupon_id: CouponId) -> Coupon:
        coupon = await work.coupons.get(coupon_id)
        if coupon is None or coupon.programme_id != programme_id:
            raise UnknownCoupon
        await revoke_coupon(work, coupon_id, at=self.clock())
        revoked = await work.coupons.get(coupon_id)
        if revoked is None:
            raise UnknownCoupon
        return revoked


async def revoke_coupon(work: Work, coupon_id: CouponId, *, at: datetime) -> bool:
    """Revoke in the caller's transaction; False when it was revoked before."""
    for take in await work.takes.held_of(TakeKind.COUPON, coupon_id):
        await release(work, take, at=at)
    usable = [CouponState.DRAFT, CouponState.ACTIVE, CouponState.EXPIRED]
    return await work.coupons.change_state(coupon_id, before=usable, after=CouponState.REVOKED, at=at)
