"""List a member's coupons as people look at them: what may be used first, then what comes again, then what is over."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from offers.flows.find_rulebook import find_rulebook
from offers.flows.look_at_coupons import CouponSight, LookAtCoupons
from offers.model.clock import Clock
from offers.model.coupon import Availability, Coupon, CouponState
from offers.model.ids import MemberId
from offers.model.offer import Offer, OfferState, offer_id
from offers.model.programme import Programme
from offers.store.store import Store

SHOWN = 20
OVER_SHOWN_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedCoupon:
    """`offer` is None when the coupon's offer is none of the rulebook: then no till of ours can take it."""

    coupon: Coupon
    now: Availability
    offer: Offer | None

    def is_usable(self, at: datetime) -> bool:
        """Tell whether its code is worth showing; one of an offer we do not know is taken by somebody else's till."""
        return self.now.uses_left > 0 and (self.offer is None or runs(self.offer, at))

    def may_be_ticked(self, at: datetime) -> bool:
        """Tell whether a basket may name it now; whether it then gives something is for the decision."""
        return self.now.uses_left > 0 and self.offer is not None and runs(self.offer, at)


@dataclass(frozen=True, slots=True)
class ListCoupons:
    """Reads only. Raises UnknownMember."""

    store: Store
    clock: Clock

    async def __call__(self, programme: Programme, member_id: MemberId, *, limit: int = SHOWN) -> list[ListedCoupon]:
        at = self.clock()
        sights = await LookAtCoupons(self.store, self.clock).of_member(programme.id, member_id)
        shown = sorted((sight for sight in sights if _is_shown(sight, at)), key=_place)[: min(limit, SHOWN)]
        if not shown:
            return []
        ready = await find_rulebook(self.store.reading, programme)
        offers = {offer.id: offer for offer in ready.rulebook.offers}
        return [
            ListedCoupon(
                coupon=sight.coupon, now=sight.now, offer=offers.get(offer_id(programme.id, sight.coupon.offer_id))
            )
            for sight in shown
        ]


def runs(offer: Offer, at: datetime) -> bool:
    """Tell whether an offer is on at an instant, whoever may have it."""
    begun = offer.active_from is None or offer.active_from <= at
    return offer.state is OfferState.ACTIVE and begun and (offer.active_until is None or at < offer.active_until)


def _is_shown(sight: CouponSight, at: datetime) -> bool:
    """Leave out what nobody has been given, what was withdrawn, and what was over long ago."""
    coupon, now = sight.coupon, sight.now
    if coupon.state in {CouponState.DRAFT, CouponState.REVOKED}:
        return False
    ended = coupon.ended_at or coupon.valid_until
    return bool(now.uses_left or now.again) or ended is None or ended > at - OVER_SHOWN_FOR


def _place(sight: CouponSight) -> tuple[int, float]:
    """What ends first comes first, then what is set aside, then what opens first, then the newest of what is over."""
    now = sight.now
    if now.uses_left:
        return 0, now.until.timestamp() if now.until else float("inf")
    if now.state is CouponState.HELD:
        return 1, 0.0
    if now.again_at is not None or now.state is CouponState.DRAFT:
        return 2, (now.again_at or sight.coupon.valid_from).timestamp()
    return 3, -sight.coupon.granted_at.timestamp()
