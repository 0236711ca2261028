"""What became of a coupon of a personal offer whose life is over: what it gave, and how often it was used."""

from dataclasses import dataclass
from datetime import datetime

from offers.model.benefit import Benefit
from offers.model.coupon import CouponId
from offers.model.ids import MemberId
from offers.model.personal_run import PersonalRunId


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponLife:
    """One coupon from its issue to its end. `member_id` is who speaks for its member now.

    `category` is the favourite it was on, None: it was on no favourite. Of at most `uses`, `used` were settled and not
    given back.
    """

    coupon_id: CouponId
    member_id: MemberId
    template: str
    run_id: PersonalRunId
    category: str | None
    benefit: Benefit
    uses: int
    begins_at: datetime
    ends_at: datetime
    used: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponGiven:
    """What one use of a coupon of a run took off a purchase, as its receipt has it."""

    run_id: PersonalRunId
    member_id: MemberId
    at: datetime
    given_minor: int
