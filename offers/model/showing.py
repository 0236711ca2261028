"""How a card is shown at a till, and what the programme lets each way of showing do."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class ShownBy(StrEnum):
    """A static code is always the same, so a photograph of it works too; a rotating one is gone in a minute."""

    STATIC = "static"
    ROTATING = "rotating"


class CodeRight(StrEnum):
    """What a code may be used for. Without `SEE` it opens nothing at all."""

    SEE = "see"
    ACCRUE = "accrue"
    REDEEM_POINTS = "redeem_points"
    USE_COUPONS = "use_coupons"
    SPEND_PREPAID = "spend_prepaid"


class ShownFor(StrEnum):
    """What a showing authorises: each of these once."""

    CHECKOUT = "checkout"
    PREPAID = "prepaid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """How a card was shown. `period` is the half minute of a rotating code; None for a static one."""

    by: ShownBy = ShownBy.STATIC
    period: int | None = None


STATICALLY = Showing()


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeRights:
    """What one kind of code may do. `daily_points`: so many points of one card in a local day; None: no limit."""

    see: bool = True
    accrue: bool = True
    redeem_points: bool = True
    daily_points: int | None = None
    use_coupons: bool = True
    spend_prepaid: bool = True

    def allow(self, right: CodeRight) -> bool:
        return self.see and bool(getattr(self, right.value))


@dataclass(frozen=True, slots=True, kw_only=True)
class CodePolicy:
    """What each kind of code may do in a programme. Whatever a static one may do, a rotating one may do too."""

    static: CodeRights = field(default_factory=CodeRights)
    rotating: CodeRights = field(default_factory=CodeRights)

    def rights(self, shown: Showing) -> CodeRights:
        return self.static if shown.by is ShownBy.STATIC else self.rotating


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptShowing:
    """A rotating code that a till has read: from then on it is good at that outlet alone.

    `used` names by purpose what it has authorised.
    """

    key: str
    outlet_id: str
    seen_at: datetime
    used: dict[str, str]
