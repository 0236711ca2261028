"""Do receipts and entries tell the same? What the entries of a purchase moved is what its receipt says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from offers.engine.replay import Fault, Flaw
from offers.model.ledger import EntryKind


@dataclass(slots=True)
class PurchaseEntries:
    """What the entries of one purchase moved, and where they stand."""

    member_id: str
    currency: str
    seq: int
    accrued: int = 0
    redeemed: int = 0

    def add(self, kind: str, points: int) -> None:
        if kind == EntryKind.ACCRUAL:
            self.accrued += points
        elif kind == EntryKind.REDEMPTION:
            self.redeemed -= points


def check_receipt(checkout_id: str, entries: PurchaseEntries, receipt: Mapping[str, Any] | None) -> Fault | None:
    """Compare a purchase's entries with its receipt, as the store has it; None when they agree."""
    told = (receipt["points_accrued"], receipt["points_redeemed"]) if receipt else None
    if told == (entries.accrued, entries.redeemed):
        return None
    return Fault(
        flaw=Flaw.RECEIPT,
        seq=entries.seq,
        subject=checkout_id,
        expected=f"+{entries.accrued} −{entries.redeemed}",
        found=f"+{told[0]} −{told[1]}" if told else "no receipt",
    )
