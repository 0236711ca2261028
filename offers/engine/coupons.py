"""Where a coupon stands: computed from what was taken of it and the instant, so that no job need wake it up."""

from datetime import datetime

from offers.engine.occurrences import is_later, next_occurrence, occurrence_at, occurrence_called
from offers.model.coupon import Availability, Binding, Coupon, CouponState, Every, Extension, Occurrence
from offers.model.ids import MemberId


def availability(coupon: Coupon, at: datetime, *, held: int = 0) -> Availability:
    """Tell where a coupon stands; `held` says how many of the uses that are out are only held."""
    ended = coupon.state is CouponState.EXPIRED or (coupon.valid_until is not None and at >= coupon.valid_until)
    alive = coupon.state in {CouponState.ACTIVE, CouponState.EXPIRED}
    extension = _open_extension(coupon, at) if alive else None
    occurrence = None if ended or not alive else current_occurrence(coupon, at)
    left = _left_of(coupon, occurrence)
    uses = left + sum(each.until > at for each in coupon.extensions) if alive else 0
    again = None if ended or not alive else _again(coupon, at)
    return Availability(
        state=_state(coupon, at, uses=uses, ended=ended, held=held, has_next=again is not None),
        occurrence=occurrence,
        extension=extension,
        uses_left=uses,
        until=_until(coupon, occurrence, extension) if uses else None,
        again=again,
    )


def current_occurrence(coupon: Coupon, at: datetime) -> Occurrence | None:
    """Give the occurrence a use at `at` belongs to.

    Never one before the last used: a process whose clock is behind must not go back and give the uses of a period anew.
    """
    recurrence = coupon.recurrence
    found = occurrence_at(recurrence, at, valid_from=coupon.valid_from, current=coupon.occurrence, anchor=coupon.anchor)
    if coupon.occurrence and is_later(coupon.occurrence, found.key if found else "", recurrence):
        last = occurrence_called(coupon.occurrence, recurrence)
        return last if last.opens_at > at else found
    return found


def may_redeem(coupon: Coupon, member_id: MemberId | None) -> bool:
    """A hard bound coupon is its owner's alone."""
    return coupon.binding is not Binding.HARD or (member_id is not None and member_id == coupon.owner)


def _left_of(coupon: Coupon, occurrence: Occurrence | None) -> int:
    if occurrence is None:
        return 0
    taken = coupon.taken if coupon.occurrence == occurrence.key else 0
    return max(0, coupon.recurrence.uses_per_period - taken)


def _open_extension(coupon: Coupon, at: datetime) -> Extension | None:
    """Give the extension that ends first."""
    return min((each for each in coupon.extensions if each.until > at), key=lambda each: each.until, default=None)


def _again(coupon: Coupon, at: datetime) -> Occurrence | None:
    found = next_occurrence(coupon.recurrence, at, valid_from=coupon.valid_from, anchor=coupon.anchor)
    if found is None or (coupon.valid_until and found.opens_at >= coupon.valid_until):
        return None
    return found


def _until(coupon: Coupon, occurrence: Occurrence | None, extension: Extension | None) -> datetime | None:
    if extension is not None:
        return extension.until
    ends = [end for end in (coupon.valid_until, occurrence.closes_at if occurrence else None) if end]
    return min(ends, default=None)


def _state(coupon: Coupon, at: datetime, *, uses: int, ended: bool, held: int, has_next: bool) -> CouponState:
    if coupon.state in {CouponState.DRAFT, CouponState.REVOKED}:
        return coupon.state
    if uses:
        return CouponState.ACTIVE
    if at < coupon.valid_from:
        return CouponState.DRAFT
    return CouponState.HELD if held else _state_used_up(coupon, ended=ended, has_next=has_next)


def _state_used_up(coupon: Coupon, *, ended: bool, has_next: bool) -> CouponState:
    """Name why nothing may be used now, and nothing is held."""
    if coupon.recurrence.every is Every.ONCE and coupon.taken:
        return CouponState.REDEEMED if coupon.recurrence.uses_per_period == 1 else CouponState.EXHAUSTED
    if ended:
        return CouponState.RETURNED if coupon.returns and not coupon.taken else CouponState.EXPIRED
    if not has_next:
        return CouponState.EXHAUSTED
    return CouponState.REDEEMED if coupon.taken else CouponState.ACTIVE
