"""An offer: eligibility + benefit + limits, and where it stands among the others."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from offers.model.benefit import AccrualTimes, Benefit, ExtraPoints, PayWithPoints, Thresholds
from offers.model.condition import AllOf, CodeKind, Condition
from offers.model.ids import OfferId, ProgrammeId
from offers.model.programme import LocalText

MAX_USES = 100
"""How often one offer may be used within one purchase, at most."""


class Lane(StrEnum):
    """Lanes are applied in this order, each on the price that the one before left."""

    PRICE = "price"
    COUPON = "coupon"
    LOYALTY_DISCOUNT = "loyalty_discount"
    POINTS = "points"
    ACCRUAL = "accrual"


DISCOUNT_LANES = (Lane.PRICE, Lane.COUPON, Lane.LOYALTY_DISCOUNT)


class OfferState(StrEnum):
    DRAFT = "draft"
    ACTIVE = "active"
    PAUSED = "paused"
    ARCHIVED = "archived"


class Reach(StrEnum):
    """Who may have the offer: everybody eligible, or whoever shows a code of it."""

    PUBLIC = "public"
    COUPON = "coupon"
    VOUCHER = "voucher"
    CODE = "code"

    def needs(self) -> tuple[CodeKind, ...]:
        """Give the kinds of code of which one must be shown; none for the public."""
        return _NEEDED[self]


_NEEDED = {
    Reach.PUBLIC: (),
    Reach.COUPON: (CodeKind.COUPON,),
    Reach.VOUCHER: (CodeKind.VOUCHER,),
    Reach.CODE: (CodeKind.COUPON, CodeKind.VOUCHER),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one purchase may get of the offer; budgets that are shared by purchases are facts, not limits.

    `floor_bp`: no line falls below this share of its full price. `max_discount_bp`: with this offer, all discounts
    together stay within this share of the purchase. `max_points_bp`: with this offer, points pay at most this share.
    """

    cap_minor: int | None = None
    cap_points: int | None = None
    uses_per_purchase: int = 1
    floor_bp: int = 0
    max_discount_bp: int | None = None
    max_points_bp: int | None = None


MAIN_GROUP = "main"
"""The group of a lane that an offer is in when it names none."""
LEVELS_GROUP = "levels"
"""The group in which the member's discount level, or own discount, competes: in the lane of loyalty discounts."""
LEVELS_TAG, POINTS_TAG, ACCRUAL_TAG = "levels", "points", "accrual"
"""The tags of what every purchase may get: an offer that excludes one keeps it from the lines the offer touches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One version of a rule. `id` is a pure function of programme and code: the same text is the same offer.

    A higher `priority` goes first. Lines that get something of this offer carry its `tags` from then on; the offer
    does not touch lines that carry one of its `excludes`, and the other way round. Active in [active_from,
    active_until). `may_be_withheld`: a holdout may keep members from it; what is promised publicly may not be.
    """

    id: OfferId
    programme_id: ProgrammeId
    version: int
    code: str
    title: LocalText
    lane: Lane
    benefit: Benefit
    condition: Condition = field(default_factory=AllOf)
    limits: Limits = field(default_factory=Limits)
    group: str = MAIN_GROUP
    priority: int = 0
    tags: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    reach: Reach = Reach.PUBLIC
    state: OfferState = OfferState.ACTIVE
    active_from: datetime | None = None
    active_until: datetime | None = None
    may_be_withheld: bool = False
    funder: str = ""


def offer_id(programme_id: ProgrammeId, code: str) -> OfferId:
    return OfferId(f"{programme_id}.{code}")


def code_of(offer: OfferId) -> str:
    """Give the code an id was made of: a programme's id has no dot, a code may have some."""
    return offer.partition(".")[2]


def fits(lane: Lane, benefit: Benefit) -> bool:
    """Tell whether a benefit is of the lane's kind: money off, a share payable by points, or points."""
    if isinstance(benefit, Thresholds):
        gives_points = [step.points is not None for step in benefit.steps]
        return all(gives_points) if lane is Lane.ACCRUAL else lane in DISCOUNT_LANES and not any(gives_points)
    if isinstance(benefit, PayWithPoints):
        return lane is Lane.POINTS
    if isinstance(benefit, AccrualTimes | ExtraPoints):
        return lane is Lane.ACCRUAL
    return lane in DISCOUNT_LANES
