"""Facts, in the past tense: what happened to a member, as the outbox carries it."""

from dataclasses import dataclass
from datetime import datetime

from offers.model.ids import CheckoutId, MemberId, ProgrammeId


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberEvent:
    """`key` is a pure function of the cause: the same fact told twice is one fact."""

    key: str
    programme_id: ProgrammeId
    member_id: MemberId
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberEnrolled(MemberEvent):
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseSettled(MemberEvent):
    """`discount_bp_before` and `discount_bp` differ when this purchase reached the next level."""

    checkout_id: CheckoutId
    paid_minor: int
    points_accrued: int
    points_redeemed: int
    balance: int
    discount_bp_before: int
    discount_bp: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseVoided(MemberEvent):
    checkout_id: CheckoutId
    points_returned: int
    points_taken_back: int
    balance: int


Event = MemberEnrolled | PurchaseSettled | PurchaseVoided
