"""Hold a use of a coupon for a purchase: one conditional write on its occurrence, under the key of its cause."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from offers.engine.coupons import availability, may_redeem
from offers.flows.draw import Draw, Placed
from offers.flows.release_takes import ReleaseLapsed
from offers.flows.shared_looks import Sight, shared
from offers.model.clock import Clock
from offers.model.coupon import Availability, Coupon, CouponId
from offers.model.limit_errors import CouponNotAvailable, CouponOfAnother, UnknownCoupon
from offers.model.take import Refill, Take, TakeKind, Taker, TakeState
from offers.store.store import Store


@dataclass(frozen=True, slots=True)
class HoldCoupon:
    """Hold once: the same cause again gives the same take, also after it was settled.

    Holds of this coupon whose time is over are released before anybody is refused.
    Raises UnknownCoupon, CouponOfAnother, CouponNotAvailable, Busy; then nothing is held.
    """

    store: Store
    clock: Clock

    async def __call__(self, coupon_id: CouponId, taker: Taker, *, cause: str, until: datetime) -> Take:
        async def place() -> Placed:
            return await self._place(coupon_id, taker, cause)

        return await Draw(self.store, self.clock)(take_key(cause, coupon_id), place, wanted=coupon_id, until=until)

    async def _place(self, coupon_id: CouponId, taker: Taker, cause: str) -> Placed:
        coupon = await self._coupon(coupon_id, taker)
        now = availability(coupon, self.clock())
        if not now.uses_left and await ReleaseLapsed(self.store, self.clock).of(source=coupon_id):
            coupon = await self._coupon(coupon_id, taker)
            now = availability(coupon, self.clock())
        if not now.uses_left:
            takes = self.store.reading.takes
            held = await self._shared(
                lambda: takes.count_held(TakeKind.COUPON, [coupon_id], at=self.clock()), "held", coupon_id
            )
            raise _refusal(availability(coupon, self.clock(), held=held.get(coupon_id, 0)))
        take = _new_take(coupon, taker, now, cause=cause, at=self.clock())
        return Placed(take=take, write=partial(self.store.reading.coupons.draw, coupon))

    async def _coupon(self, coupon_id: CouponId, taker: Taker) -> Coupon:
        coupons = self.store.reading.coupons
        coupon = await self._shared(lambda: coupons.get(coupon_id), "coupon", coupon_id)
        if coupon is None or coupon.programme_id != taker.programme_id:
            raise UnknownCoupon
        if not may_redeem(coupon, taker.member_id):
            raise CouponOfAnother
        return coupon

    async def _shared(self, look: Callable[[], Awaitable[Sight]], *of: str) -> Sight:
        return await shared(look, self.store.database.name, *of)


def take_key(cause: str, coupon_id: CouponId) -> str:
    return f"{cause}:coupon:{coupon_id}"


def _new_take(coupon: Coupon, taker: Taker, now: Availability, *, cause: str, at: datetime) -> Take:
    """Make the take of a use: of an extension if there is one, for it ends first."""
    extension = now.extension
    own = now.occurrence.key if now.occurrence else ""
    return Take(
        key=take_key(cause, coupon.id),
        cause=cause,
        kind=TakeKind.COUPON,
        programme_id=coupon.programme_id,
        source=coupon.id,
        pocket=extension.occurrence if extension else own,
        amount=1,
        state=TakeState.TRYING,
        at=at,
        member_id=taker.member_id,
        outlet_id=taker.outlet_id,
        refill=Refill.ALWAYS,
        extended_until=extension.until if extension else None,
        extension_of=extension.take_key if extension else None,
    )


def _refusal(now: Availability) -> CouponNotAvailable:
    return CouponNotAvailable(state=now.state, again_at=now.again_at.isoformat() if now.again_at else None)
