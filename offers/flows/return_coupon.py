"""Return a coupon's use: to its occurrence while that is open, else as an extension if the grant promises one."""

from datetime import datetime

from offers.engine.calendar import end_of_local_day
from offers.engine.coupons import current_occurrence
from offers.flows.coupon_news import tell_returned
from offers.model.coupon import Coupon, CouponId, CouponState, Every, Extension
from offers.model.take import Take
from offers.store.work import Work


async def return_coupon(work: Work, take: Take, *, at: datetime) -> None:
    """Runs once for a take, in the transaction that marks it as returned."""
    coupon = await work.coupons.get(CouponId(take.source))
    if coupon is None or coupon.state is CouponState.REVOKED:
        return
    if take.extended_until is not None:
        # It keeps its end: returning again and again does not make a coupon last for ever.
        await work.coupons.put_back(take, 1)
        begins_anew, is_usable = False, take.extended_until > at
    elif _is_open(coupon, take, at):
        await work.coupons.put_back(take, 1)
        begins_anew = is_usable = True
    else:
        begins_anew, is_usable = False, coupon.extend_days > 0
        await _extend(work, coupon, take, at=at)
    await work.coupons.count_return(coupon.id, take.key, begins_anew=begins_anew)
    after = await work.coupons.get(coupon.id)
    if after is not None and is_usable:
        await tell_returned(work, after, take.key, take.member_id, at=at)


def _is_open(coupon: Coupon, take: Take, at: datetime) -> bool:
    """Tell whether the occurrence of the use may still be used."""
    if coupon.state is CouponState.EXPIRED or (coupon.valid_until is not None and at >= coupon.valid_until):
        return False
    now = current_occurrence(coupon, at)
    return now is not None and now.key == take.pocket == coupon.occurrence


async def _extend(work: Work, coupon: Coupon, take: Take, *, at: datetime) -> None:
    """Let the use live on after its occurrence, if the grant promises it.

    A coupon without periods is marked as over first: its use must not be usable in both ways.
    """
    if coupon.recurrence.every is Every.ONCE:
        await work.coupons.change_state(coupon.id, before=[CouponState.ACTIVE], after=CouponState.EXPIRED, at=at)
        await work.coupons.put_back(take, 1)
    if coupon.extend_days:
        until = end_of_local_day(at, coupon.recurrence.zone, days=coupon.extend_days)
        await work.coupons.extend(coupon.id, Extension(take_key=take.key, occurrence=take.pocket, until=until))
