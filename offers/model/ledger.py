"""The points ledger: append-only entries with edges to lots, and the account that sums them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from offers.model.ids import LotId, MemberId, ProgrammeId

POINTS = "points"
"""The currency of an account that holds loyalty points."""


class EntryKind(StrEnum):
    ACCRUAL = "accrual"
    REDEMPTION = "redemption"
    REVERSAL = "reversal"
    EXPIRY = "expiry"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """Points moved from (negative) or back to (positive) one lot; written once, never derived again."""

    lot_id: LotId
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """One signed immutable movement. `cause_key` is a pure function of its cause: `purchase:<id>:accrual`."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """What is left of one accrual: spendable while `active_from <= t < expires_at`. `funder` pays for it."""

    id: LotId
    issued: int
    remaining: int
    active_from: datetime
    expires_at: datetime | None
    funder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One member's holding in one currency.

    `balance` = Σ entries = Σ lots' remaining − `deficit`; `seq` numbers the last entry; `version` rises at every claim.
    """

    member_id: MemberId
    programme_id: ProgrammeId
    currency: str
    version: int = 0
    seq: int = 0
    balance: int = 0
    deficit: int = 0
    lots: tuple[Lot, ...] = ()
