"""Look at coupons: each with where it stands now."""

from dataclasses import dataclass

from offers.engine.coupons import availability
from offers.model.clock import Clock
from offers.model.coupon import Availability, Coupon, CouponId
from offers.model.errors import UnknownMember
from offers.model.ids import MemberId, ProgrammeId
from offers.model.limit_errors import UnknownCoupon
from offers.model.take import TakeKind
from offers.store.store import Store

MAX_LISTED = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponSight:
    coupon: Coupon
    now: Availability


@dataclass(frozen=True, slots=True)
class LookAtCoupons:
    """Reads only. Raises UnknownCoupon, UnknownMember."""

    store: Store
    clock: Clock

    async def one(self, programme_id: ProgrammeId, coupon_id: CouponId) -> CouponSight:
        coupon = await self.store.reading.coupons.get(coupon_id)
        if coupon is None or coupon.programme_id != programme_id:
            raise UnknownCoupon
        (sight,) = await self._sights([coupon])
        return sight

    async def of_member(
        self, programme_id: ProgrammeId, member_id: MemberId, *, before: str | None = None, limit: int = MAX_LISTED
    ) -> list[CouponSight]:
        """Give a member's coupons, newest first; `before` is the id of the last one seen."""
        member = await self.store.reading.members.get(member_id)
        if member is None or member.programme_id != programme_id:
            raise UnknownMember
        found = await self.store.reading.coupons.of_member(member_id, before=before, limit=min(limit, MAX_LISTED))
        return await self._sights(found)

    async def _sights(self, coupons: list[Coupon]) -> list[CouponSight]:
        at = self.clock()
        held = await self.store.reading.takes.count_held(TakeKind.COUPON, [coupon.id for coupon in coupons])
        return [
            CouponSight(coupon=coupon, now=availability(coupon, at, held=held.get(coupon.id, 0))) for coupon in coupons
        ]
