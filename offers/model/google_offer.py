"""A coupon that Google holds as an offer of its own."""

from dataclasses import dataclass

from offers.model.coupon import CouponId
from offers.model.ids import MemberId


@dataclass(frozen=True, slots=True, kw_only=True)
class GoogleOffer:
    """`digest` names the body Google was last given."""

    id: CouponId
    member_id: MemberId
    digest: str
