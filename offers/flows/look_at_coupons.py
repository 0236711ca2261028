"""Look at coupons: each with where it stands now."""

from dataclasses import dataclass

from offers.engine.coupons import availability
from offers.flows.release_takes import ReleaseLapsed
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
    """Holds whose time is over are released first: nobody has a claim to them. Raises UnknownCoupon, UnknownMember."""

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
        at, takes, ids = self.clock(), self.store.reading.takes, [coupon.id for coupon in coupons]
        lapsed = set(await takes.with_lapsed(TakeKind.COUPON, ids, at=at))
        now = [await self._released(coupon) if coupon.id in lapsed else coupon for coupon in coupons]
        held = await takes.count_held(TakeKind.COUPON, ids, at=at)
        return [CouponSight(coupon=coupon, now=availability(coupon, at, held=held.get(coupon.id, 0))) for coupon in now]

    async def _released(self, coupon: Coupon) -> Coupon:
        await ReleaseLapsed(self.store, self.clock).of(source=coupon.id)
        return await self.store.reading.coupons.get(coupon.id) or coupon
