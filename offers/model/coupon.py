"""Coupons: an offer granted to one member, once or periodically; a periodic one is one grant with occurrences."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from offers.model.benefit import Benefit
from offers.model.ids import MemberId, ProgrammeId
from offers.model.programme import LocalText

CouponId = NewType("CouponId", str)

MAX_USES = 1_000_000
MAX_EXTENSIONS = 12
MAX_ANNOUNCED = 12


class CouponState(StrEnum):
    """Where a coupon stands. Only draft, active, expired and revoked are kept; the others follow from its uses."""

    DRAFT = "draft"
    ACTIVE = "active"
    HELD = "held"
    REDEEMED = "redeemed"
    RETURNED = "returned"
    EXPIRED = "expired"
    REVOKED = "revoked"
    EXHAUSTED = "exhausted"


class Binding(StrEnum):
    """Who may redeem: anybody; anybody, though it is listed as its owner's; its owner alone."""

    NONE = "none"
    SOFT = "soft"
    HARD = "hard"


class Every(StrEnum):
    """When a coupon may be used anew. `once` never is."""

    ONCE = "once"
    CALENDAR_MONTH = "calendar_month"
    ROLLING = "rolling"
    WEEKLY = "weekly"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurrence:
    """A rule of occurrences, by local days of `zone`; what is left of one does not carry over.

    `days`: a rolling period's length, from the day of its first use. `weekday` (0 is Monday): a weekly coupon opens on
    it and stays open for `open_days` days.
    """

    every: Every
    zone: str
    uses_per_period: int = 1
    days: int = 30
    weekday: int = 0
    open_days: int = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """One period of a coupon. Open while `opens_at <= t < closes_at`; None: without an end."""

    key: str
    opens_at: datetime
    closes_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """The first use of a rolling period: it decides when the next one opens."""

    take_key: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """One use of a past occurrence, given back by a return; it may be used until an instant."""

    take_key: str
    occurrence: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Coupon:
    """A grant. `owner` and `grant_key` name it: granting twice under one key is granting once.

    `occurrence` is the last one anything was taken of and `taken` how many uses of it are out (held or redeemed).
    `announced` are the occurrences whose opening was told. `extend_days` is what a return after its occurrence gives.
    A personal coupon has a `benefit` of its own, in place of its offer's, and a `reason` its member may read.
    """

    id: CouponId
    programme_id: ProgrammeId
    owner: MemberId | None
    grant_key: str
    binding: Binding
    offer_id: str
    campaign: str | None
    title: LocalText
    recurrence: Recurrence
    valid_from: datetime
    valid_until: datetime | None
    extend_days: int
    granted_at: datetime
    state: CouponState = CouponState.ACTIVE
    occurrence: str | None = None
    taken: int = 0
    returns: int = 0
    anchor: Anchor | None = None
    extensions: tuple[Extension, ...] = ()
    announced: tuple[str, ...] = ()
    ended_at: datetime | None = None
    benefit: Benefit | None = None
    reason: LocalText | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability:
    """Where a coupon stands at an instant.

    `uses_left` counts the current occurrence and open extensions. `extension` is taken first, for it ends first.
    `until` is when what may be used now ends, `again` the next occurrence that opens. None: never.
    """

    state: CouponState
    occurrence: Occurrence | None
    extension: Extension | None
    uses_left: int
    until: datetime | None
    again: Occurrence | None

    @property
    def again_at(self) -> datetime | None:
        return self.again.opens_at if self.again else None
