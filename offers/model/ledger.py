"""The points ledger: append-only entries with edges to lots, and the account that sums them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from offers.model.ids import LotId, MemberId, OfferId, ProgrammeId

POINTS = "points"
"""The currency of an account that holds loyalty points; a prepaid balance is held in the programme's own."""

DEFICIT = LotId("deficit")
"""The other end of an edge when no lot is: points owed (negative), a debt made good (positive)."""


class EntryKind(StrEnum):
    ACCRUAL = "accrual"
    ACTIVATION = "activation"
    REDEMPTION = "redemption"
    REVERSAL = "reversal"
    EXPIRY = "expiry"
    ADJUSTMENT = "adjustment"
    TRANSFER = "transfer"
    MERGE = "merge"


class SpendingOrder(StrEnum):
    """Which lots a redemption draws from first. `FUNDER_FIRST`: those the outlet's own merchant pays for."""

    SOONEST_EXPIRY = "soonest_expiry"
    FUNDER_FIRST = "funder_first"


class ReturnPolicy(StrEnum):
    """What taking an accrual back may touch: points still pending, points there are, or a debt as well."""

    ONLY_PENDING = "only_pending"
    WITHIN_BALANCE = "within_balance"
    UNLIMITED = "unlimited"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """Points moved from (negative) or to (positive) one lot; written once, never derived again.

    `funder` and `expires_at` are the lot's at that moment: the ledger alone tells who owes what, and until when.
    """

    lot_id: LotId
    points: int
    funder: str = ""
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """One signed immutable movement: `points` is the sum of its edges, `balance` the account's after it.

    `cause_key` is a pure function of its cause: `purchase:<id>:accrual`.
    """

    member_id: MemberId
    programme_id: ProgrammeId
    currency: str
    seq: int
    kind: EntryKind
    points: int
    cause_key: str
    effective_at: datetime
    recorded_at: datetime
    edges: tuple[Edge, ...] = ()
    balance: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """What is left of one accrual: spendable while `active_from <= t < expires_at`. `funder` pays for it.

    `pending` lots wait for the entry that notes their activation. It is bookkeeping: only the two instants decide.
    """

    id: LotId
    issued: int
    remaining: int
    active_from: datetime
    expires_at: datetime | None
    funder: str
    pending: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldStamps:
    offer_id: OfferId
    stamps: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Points and stamps kept for one purchase until an instant; from then on it counts for nothing, removed or not."""

    key: str
    points: int
    until: datetime
    stamps: tuple[HeldStamps, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One member's holding in one currency.

    `balance` = Σ entries = Σ lots' remaining − `deficit`; `seq` numbers the last entry; `version` rises at every claim.
    `holds` keep points from other tills without moving them: no entry, the same balance.
    `reminded` are the ends of lots that the member was told of and that are still ahead.
    """

    member_id: MemberId
    programme_id: ProgrammeId
    currency: str
    version: int = 0
    seq: int = 0
    balance: int = 0
    deficit: int = 0
    lots: tuple[Lot, ...] = ()
    reminded: tuple[datetime, ...] = ()
    holds: tuple[Hold, ...] = ()
