"""Replay: proves one account's ledger, entry by entry, and names what does not hold.

The laws: entries are numbered without gaps; no cause key occurs twice; the edges of an entry sum to its points; the
balance after it is the sum so far; no lot is ever drawn below nothing and no debt paid beyond nothing; what may only
give never takes. At the end Σ entries = balance = Σ lots − deficit, and each lot holds what its edges left in it:
issued = spent + expired + taken back + handed on + remaining.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from offers.model.ledger import DEFICIT, EntryKind

Edges = Sequence[tuple[str, int]]
"""Lot and signed points, as the ledger has them."""


class Flaw(StrEnum):
    GAP = "gap"
    CAUSE_TWICE = "cause_twice"
    EDGES = "edges"
    BALANCE_AFTER = "balance_after"
    SIGN = "sign"
    LOT_OVERDRAWN = "lot_overdrawn"
    DEBT_OVERPAID = "debt_overpaid"
    LAST_NUMBER = "last_number"
    BALANCE = "balance"
    DEFICIT = "deficit"
    LOT = "lot"
    NO_ACCOUNT = "no_account"
    RECEIPT = "receipt"
    RECEIPT_WITHOUT_ENTRIES = "receipt_without_entries"
    AUDIT = "audit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """The first thing that does not hold: what was expected and what was found, and at which entry."""

    flaw: Flaw
    seq: int
    subject: str
    expected: int | str
    found: int | str


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """An account as kept, in what the proof needs of it."""

    seq: int
    balance: int
    deficit: int
    lots: Mapping[str, int]


_ONLY_GIVES = frozenset({EntryKind.ACCRUAL})
_ONLY_TAKES = frozenset({EntryKind.REDEMPTION, EntryKind.EXPIRY})


@dataclass(slots=True)
class Replay:
    """Takes an account's entries in their order; its memory is the account's open lots and cause keys."""

    seq: int = 0
    balance: int = 0
    deficit: int = 0
    lots: dict[str, int] = field(default_factory=dict)
    _causes: set[int] = field(default_factory=set)

    def add(
        self, seq: int, kind: str, points: int, cause_key: str, edges: Edges, *, balance: int | None
    ) -> Fault | None:
        """Take the next entry; give the first law it breaks."""
        self.seq += 1
        if seq != self.seq:
            return self._fault(Flaw.GAP, cause_key, self.seq, seq)
        cause = hash(cause_key)
        if cause in self._causes:
            return self._fault(Flaw.CAUSE_TWICE, cause_key, "once", "twice")
        self._causes.add(cause)
        if (kind in _ONLY_GIVES and points < 0) or (kind in _ONLY_TAKES and points > 0):
            return self._fault(Flaw.SIGN, cause_key, kind, points)
        moved = 0
        for lot_id, share in edges:
            moved += share
            if lot_id == DEFICIT:
                self.deficit -= share
            elif left := self.lots.get(lot_id, 0) + share:
                self.lots[lot_id] = left
            else:
                self.lots.pop(lot_id, None)
        if moved != points:
            return self._fault(Flaw.EDGES, cause_key, points, moved)
        self.balance += points
        if balance is not None and balance != self.balance:
            return self._fault(Flaw.BALANCE_AFTER, cause_key, self.balance, balance)
        return self._below_nothing(edges)

    def end(self, holding: Holding | None) -> Fault | None:
        """Compare what the entries lead to with the account as kept."""
        if holding is None:
            return self._fault(Flaw.NO_ACCOUNT, "", self.balance, 0) if self.seq else None
        for flaw, ours, theirs in (
            (Flaw.LAST_NUMBER, self.seq, holding.seq),
            (Flaw.BALANCE, self.balance, holding.balance),
            (Flaw.DEFICIT, self.deficit, holding.deficit),
        ):
            if ours != theirs:
                return self._fault(flaw, "", ours, theirs)
        if self.lots != holding.lots:
            lot_id = min(
                lot_id
                for lot_id in {*self.lots, *holding.lots}
                if self.lots.get(lot_id, 0) != holding.lots.get(lot_id, 0)
            )
            return self._fault(Flaw.LOT, lot_id, self.lots.get(lot_id, 0), holding.lots.get(lot_id, 0))
        return None

    def _below_nothing(self, edges: Edges) -> Fault | None:
        for lot_id, _ in edges:
            if self.lots.get(lot_id, 0) < 0:
                return self._fault(Flaw.LOT_OVERDRAWN, lot_id, 0, self.lots[lot_id])
        if self.deficit < 0:
            return self._fault(Flaw.DEBT_OVERPAID, DEFICIT, 0, self.deficit)
        return None

    def _fault(self, flaw: Flaw, subject: str, expected: int | str, found: int | str) -> Fault:
        return Fault(flaw=flaw, seq=self.seq, subject=subject, expected=expected, found=found)
