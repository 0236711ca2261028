"""Facts: what a decision knows of the member, the outlet and the limits, all read before it is made."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from offers.model.benefit import Benefit
from offers.model.condition import CodeKind, SalesChannel
from offers.model.held_level import HeldLevel
from offers.model.ids import OfferId, OutletId
from offers.model.member import Birthday, OwnTerms
from offers.model.scores import MemberScores


class CodeState(StrEnum):
    """Whether a shown coupon or voucher code works, or why not."""

    USABLE = "usable"
    USED = "used"
    EXPIRED = "expired"
    REVOKED = "revoked"
    NOT_YET = "not_yet"
    NOT_YOURS = "not_yours"
    HELD = "held"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCode:
    """A coupon or voucher that was shown for an offer. `reference` names it for whoever settles.

    `benefit` is what a coupon gives in place of its offer's own; None: the offer's.
    """

    kind: CodeKind
    reference: str
    state: CodeState = CodeState.USABLE
    benefit: Benefit | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Remaining:
    """What is left of one budget of an offer; None is no limit. `scope` says whose: `member`, `outlet`, `campaign`."""

    scope: str
    uses: int | None = None
    money_minor: int | None = None
    points: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limited:
    """What limits a decision: the codes that were shown, and what is left of the offers' budgets."""

    codes: Mapping[OfferId, ShownCode] = field(default_factory=dict)
    remaining: Mapping[OfferId, tuple[Remaining, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """`spend_minor` is what counts towards discount levels; `held_level` is None when spend alone decides.

    `purchases` and `stamps` were counted before this purchase. `held_out`: what a holdout keeps from the member.
    `scores` are looked up where a rule asks for them; `segments` hold those that were computed too.
    """

    outlet_id: OutletId
    zone: str
    channel: SalesChannel = SalesChannel.TILL
    points_available: int = 0
    spend_minor: int = 0
    purchases: int = 0
    birthday: Birthday | None = None
    segments: frozenset[str] = frozenset()
    held_level: HeldLevel | None = None
    own_terms: OwnTerms | None = None
    codes: Mapping[OfferId, ShownCode] = field(default_factory=dict)
    remaining: Mapping[OfferId, tuple[Remaining, ...]] = field(default_factory=dict)
    stamps: Mapping[OfferId, int] = field(default_factory=dict)
    held_out: frozenset[OfferId] = frozenset()
    scores: MemberScores | None = None
