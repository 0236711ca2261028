"""A take: an amount out of something limited (a budget, a voucher code, a coupon), under a key of its cause."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from offers.model.ids import MemberId, OutletId, ProgrammeId
from offers.model.programme import Till


class TakeKind(StrEnum):
    BUDGET = "budget"
    VOUCHER = "voucher"
    COUPON = "coupon"


class TakeState(StrEnum):
    """Being tried, then held until settled or released; settled until returned. A released key may be tried anew."""

    TRYING = "trying"
    HELD = "held"
    SETTLED = "settled"
    RELEASED = "released"
    RETURNED = "returned"


class Refill(StrEnum):
    """Whether what a returned purchase had taken comes back: a freed limit must not be a way around it."""

    NEVER = "never"
    FULL_RETURN_ONLY = "full_return_only"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taker:
    """For whom and where something is taken; None where nobody is known."""

    programme_id: ProgrammeId
    member_id: MemberId | None = None
    outlet_id: OutletId | None = None


def taker_at(till: Till, member_id: MemberId) -> Taker:
    return Taker(programme_id=till.programme.id, member_id=member_id, outlet_id=till.outlet.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """`key` is `<cause>:<what is taken>`, so the same cause takes once.

    `source` is the document the amount came out of (slice, voucher, coupon), `pocket` what is counted there (a budget's
    pocket, a voucher's batch, a coupon's occurrence). A hold may be settled until it is released, which happens at
    `until` or later. `attempt` counts the tries under this key: only the last one may become a hold.
    `returned` is what the purchase gave back so far, `refilled` what of it the source got. `extended_until` is set when
    a coupon's extension was taken, the one that the take `extension_of` left.
    """

    key: str
    cause: str
    kind: TakeKind
    programme_id: ProgrammeId
    source: str
    pocket: str
    amount: int
    state: TakeState
    at: datetime
    member_id: MemberId | None
    outlet_id: OutletId | None
    refill: Refill
    until: datetime | None = None
    attempt: int = 1
    settled_at: datetime | None = None
    ended_at: datetime | None = None
    returned: int = 0
    refilled: int = 0
    extended_until: datetime | None = None
    extension_of: str | None = None

    @property
    def mark(self) -> str:
        """What this try leaves at its source, so that it is drawn once and can be undone."""
        return f"{self.key}#{self.attempt}"

    @property
    def is_out(self) -> bool:
        """Whether the amount is out of its source by this take's word."""
        return self.state in {TakeState.HELD, TakeState.SETTLED, TakeState.RETURNED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A try's trace at its source, from the draw until the take is known to be held, or the draw is undone.

    It carries what undoing needs, for the take may be at a later try by then.
    """

    id: str
    key: str
    attempt: int
    at: datetime
    amount: int
    pocket: str
    extended_until: datetime | None = None
