"""Facts, in the past tense: what happened to a member, as the outbox carries it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from offers.model.coupon import CouponId
from offers.model.ids import CardId, CheckoutId, MemberId, ProgrammeId
from offers.model.layer import LayerScope


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


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseReturned(MemberEvent):
    """Goods came back, all of them or some; the level may have been lost with them."""

    checkout_id: CheckoutId
    refund_minor: int
    points_returned: int
    points_taken_back: int
    balance: int
    discount_bp_before: int
    discount_bp: int


class BalanceReason(StrEnum):
    """Why a balance changed without a purchase."""

    ACTIVATED = "activated"
    EXPIRED = "expired"
    TRANSFERRED = "transferred"
    ADJUSTED = "adjusted"
    MERGED = "merged"
    TOPPED_UP = "topped_up"
    SPENT = "spent"
    RETURNED = "returned"
    REFERRED = "referred"


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceChanged(MemberEvent):
    """`points` are signed, in the account's currency; `balance` is what may be spent now."""

    currency: str
    reason: BalanceReason
    points: int
    balance: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelLost(MemberEvent):
    """A level lapsed because it was not reached again. `now_ru` and `now_en` are empty when none is left."""

    level_ru: str
    level_en: str
    now_ru: str
    now_en: str
    discount_bp: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnTermsChanged(MemberEvent):
    """Something else is agreed with the member alone: the card shows it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponEvent(MemberEvent):
    """What happened to a coupon. `until` is when what may be used now ends; None: without an end."""

    coupon_id: CouponId
    title_ru: str
    title_en: str
    until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponGranted(CouponEvent):
    """`reason_…`: why the member has it, in their language; empty where that is not told."""

    uses_left: int
    reason_ru: str = ""
    reason_en: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponRedeemed(CouponEvent):
    """`again_at`: when the next occurrence opens; None: never."""

    uses_left: int
    again_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponActiveAgain(CouponEvent):
    """Written when an occurrence was used up, told when the next one opens: until then `at` lies in the future."""

    occurrence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponReturned(CouponEvent):
    uses_left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LookChanged(MemberEvent):
    """Cards look otherwise from `at` on: a layer came on, was changed or went off, or a design was changed.

    `scope` says whose. Everybody's and a segment's name no member: `member_id` and `card_id` are empty then. `design`
    is the slug of the design, empty: cards of every design. `layer_id` is empty when a design was changed.
    `says_something`: a text came on that is worth a line on the lock screen.
    """

    scope: LayerScope
    segment: str = ""
    card_id: str = ""
    design: str = ""
    layer_id: str = ""
    says_something: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CardStateChanged(MemberEvent):
    """A card was blocked, works again, or was replaced: then `replaced_by` names the new one, else it is empty."""

    card_id: CardId
    state: str
    reason: str
    replaced_by: str = ""


AnyCouponEvent = CouponGranted | CouponRedeemed | CouponActiveAgain | CouponReturned

Event = (
    MemberEnrolled
    | PurchaseSettled
    | PurchaseVoided
    | PurchaseReturned
    | BalanceChanged
    | LevelLost
    | OwnTermsChanged
    | LookChanged
    | CardStateChanged
    | AnyCouponEvent
)
