"""What a programme owes its members: the period's movements by funder, and what is open by the month it ends in."""

from dataclasses import dataclass
from datetime import datetime

DEBTS = ""
"""The funder of what members owe: their deficits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedSum:
    """Edges of one sort summed: of one funder, ending in one month, by one kind of entry, before or in the period."""

    funder: str
    month: str
    kind: str
    gives: bool
    points: int
    in_period: bool
    is_debt: bool
    against: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LiabilityRow:
    """One funder's period. Redeemed, expired and taken back count up; adjusted, moved and made good are signed.

    closing = opening + issued − redeemed − expired − taken_back + restored + adjusted + moved + made_good.
    `moved` went from member to member, `made_good` paid a member's debt: over all rows both come to nothing.
    """

    funder: str
    opening: int = 0
    issued: int = 0
    redeemed: int = 0
    expired: int = 0
    taken_back: int = 0
    restored: int = 0
    adjusted: int = 0
    moved: int = 0
    made_good: int = 0
    closing: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenMonth:
    """Points open at the end of the period that end in a month (`2027-03`; empty: never), of one funder."""

    month: str
    funder: str
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LiabilityReport:
    """The report of one currency. `breakage_bp` is the share of what ended in the period that ended unspent.

    `held` is what the accounts hold by funder at this instant, None for a period that is over; `reconciles` tells
    whether every row adds up, and, when known, whether the accounts hold just that.
    """

    currency: str
    since: datetime
    until: datetime
    rows: tuple[LiabilityRow, ...]
    total: LiabilityRow
    months: tuple[OpenMonth, ...]
    breakage_bp: int
    held: dict[str, int] | None
    reconciles: bool
