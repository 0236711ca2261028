"""Referrals: who brought whom, what came of it, and why not."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from offers.model.ids import CheckoutId, LotId, MemberId, ProgrammeId

SOURCE_PREFIX = "ref-"
"""The source of a member who came by another's link goes on with that one's code."""
CODE_LENGTH = 10


class ReferralState(StrEnum):
    """`WAITING` for a first purchase, `REWARDED` for it, or `REFUSED` for good."""

    WAITING = "waiting"
    REWARDED = "rewarded"
    REFUSED = "refused"


class ReferralReason(StrEnum):
    """Why a referral was refused, or, while it waits, why the last purchase gave nothing."""

    ONESELF = "oneself"
    ALREADY_MEMBER = "already_member"
    SAME_PERSON = "same_person"
    MONTHLY_CAP = "monthly_cap"
    INVITER_GONE = "inviter_gone"
    TOO_SMALL = "too_small"
    PURCHASE_UNDONE = "purchase_undone"
    NOT_OFFERED = "not_offered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """One member brought by another: a member is brought at most once, so `id` is the invited member's.

    `checkout_id` is the purchase it was rewarded for; `pending_until` is when the points may be spent.
    """

    id: MemberId
    programme_id: ProgrammeId
    inviter_id: MemberId
    noted_at: datetime
    state: ReferralState = ReferralState.WAITING
    reason: ReferralReason | None = None
    checkout_id: CheckoutId | None = None
    rewarded_at: datetime | None = None
    pending_until: datetime | None = None
    inviter_points: int = 0
    invited_points: int = 0

    @property
    def shares(self) -> "tuple[RewardShare, ...]":
        """Give what was given to whom; nothing while nothing was."""
        if self.checkout_id is None:
            return ()
        both = (("inviter", self.inviter_id, self.inviter_points), ("invited", self.id, self.invited_points))
        return tuple(
            RewardShare(part=part, member_id=member_id, lot_id=LotId(f"{self.checkout_id}-{part}"), points=points)
            for part, member_id, points in both
            if points
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RewardShare:
    """One member's part of a reward, a lot of its own."""

    part: str
    member_id: MemberId
    lot_id: LotId
    points: int


def source_of(code: str) -> str:
    return SOURCE_PREFIX + code
