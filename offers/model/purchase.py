"""What the till reports and what we answer: purchase, receipt, explain lines."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from offers.model.errors import KeyReused
from offers.model.ids import CardId, CheckoutId, LotId, MemberId, OutletId, ProgrammeId
from offers.model.ledger import Lot

MAX_LINES = 500
MAX_TOTAL_MINOR = 10**12


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    sku: str
    category: str
    quantity: Decimal
    unit_price_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchase:
    """One basket as the till reports it. `body_digest` fingerprints everything that decides the answer."""

    card_id: CardId
    order_ref: str
    business_day: str
    lines: tuple[Line, ...]
    currency: str
    points_to_redeem: int
    at: datetime
    body_digest: str
    idempotency_key: str | None = None


class ExplainCode(StrEnum):
    """Why a candidate did or did not change the receipt."""

    LEVEL_APPLIED = "level_applied"
    LEVEL_NOT_REACHED = "level_not_reached"
    LEVEL_OUTDONE = "level_outdone"
    NO_LEVELS = "no_levels"
    POINTS_REDEEMED = "points_redeemed"
    POINTS_NOT_ASKED = "points_not_asked"
    POINTS_ACCRUED = "points_accrued"
    NOTHING_TO_ACCRUE = "nothing_to_accrue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """One line for one candidate: a machine code and its facts; doors render it in ru and en."""

    code: ExplainCode
    applied: bool
    facts: dict[str, int | str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptLine:
    """A line with its share of everything, in minor units and points; the shares sum to the receipt's exactly."""

    sku: str
    category: str
    quantity: Decimal
    unit_price_minor: int
    total_minor: int
    discount_minor: int
    redeemed_minor: int
    payable_minor: int
    points_accrued: int


class ReceiptState(StrEnum):
    SETTLED = "settled"
    VOIDED = "voided"


class ReceiptOrigin(StrEnum):
    TILL = "till"
    IMPORT = "import"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A settled purchase: what was paid, given and taken, and why. Immutable but for its state.

    `spent` are the lots the redemption drew from, `remaining` being the points drawn; `accrual_lot` took the accrual.
    """

    id: CheckoutId
    programme_id: ProgrammeId
    outlet_id: OutletId
    member_id: MemberId
    card_id: CardId | None
    order_ref: str
    business_day: str
    at: datetime
    recorded_at: datetime
    currency: str
    total_minor: int
    discount_minor: int
    redeemed_minor: int
    payable_minor: int
    points_accrued: int
    points_redeemed: int
    balance: int
    card_version: int
    discount_bp: int
    lines: tuple[ReceiptLine, ...]
    explain: tuple[Explanation, ...]
    spent: tuple[Lot, ...]
    accrual_lot: LotId | None
    body_digest: str
    idempotency_key: str | None
    origin: ReceiptOrigin = ReceiptOrigin.TILL
    state: ReceiptState = ReceiptState.SETTLED
    voided_at: datetime | None = None

    def answering(self, purchase: Purchase) -> "Receipt":
        """Give this receipt again to a till that repeats itself; refuse another body (`KeyReused`)."""
        if self.body_digest != purchase.body_digest:
            raise KeyReused(earlier_checkout_id=self.id)
        return self
