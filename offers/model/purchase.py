"""What the till reports and what we answer: purchase, receipt, explain lines."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from offers.model.applied import AppliedOffer, StampChange
from offers.model.errors import KeyReused
from offers.model.ids import CardId, CheckoutId, LotId, MemberId, OutletId, ProgrammeId, QuoteId
from offers.model.ledger import Lot
from offers.model.returns import ReturnedLine
from offers.model.showing import STATICALLY, Showing

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
    """One basket as the till reports it. `body_digest` fingerprints everything that decides the answer.

    `shown` is how the card was shown; it decides no answer, so it is not in the digest.
    """

    card_id: CardId
    order_ref: str
    business_day: str
    lines: tuple[Line, ...]
    currency: str
    points_to_redeem: int
    at: datetime
    body_digest: str
    idempotency_key: str | None = None
    quote_id: QuoteId | None = None
    codes: tuple[str, ...] = ()
    shown: Showing = STATICALLY


class ExplainCode(StrEnum):
    """Why a candidate did or did not change the receipt."""

    LEVEL_APPLIED = "level_applied"
    LEVEL_NOT_REACHED = "level_not_reached"
    LEVEL_OUTDONE = "level_outdone"
    LEVEL_REPLACED = "level_replaced"
    LEVEL_LOST = "level_lost"
    LEVEL_EXCLUDED = "level_excluded"
    LEVEL_CAPPED = "level_capped"
    NO_LEVELS = "no_levels"
    OWN_DISCOUNT_APPLIED = "own_discount_applied"
    OWN_DISCOUNT_LOST = "own_discount_lost"
    OWN_DISCOUNT_EXCLUDED = "own_discount_excluded"
    OWN_DISCOUNT_CAPPED = "own_discount_capped"
    POINTS_REDEEMED = "points_redeemed"
    POINTS_NOT_ASKED = "points_not_asked"
    POINTS_EXCLUDED = "points_excluded"
    POINTS_ACCRUED = "points_accrued"
    NOTHING_TO_ACCRUE = "nothing_to_accrue"
    ACCRUAL_EXCLUDED = "accrual_excluded"
    OFFER_APPLIED = "offer_applied"
    OFFER_CAPPED = "offer_capped"
    OFFER_LOST = "offer_lost"
    OFFER_EXCLUDED = "offer_excluded"
    OFFER_SKIPPED = "offer_skipped"
    OFFER_SAVES_NOTHING = "offer_saves_nothing"
    OFFER_EXHAUSTED = "offer_exhausted"
    OFFER_HELD_OUT = "offer_held_out"
    OFFER_NOT_ACTIVE = "offer_not_active"
    OFFER_NEEDS_CODE = "offer_needs_code"
    OFFER_CODE_REFUSED = "offer_code_refused"
    RECEIVED_LATE = "received_late"


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
    """`RETURNED`: nothing of it is left; a part that came back leaves the receipt settled."""

    SETTLED = "settled"
    VOIDED = "voided"
    RETURNED = "returned"


class ReceiptOrigin(StrEnum):
    TILL = "till"
    IMPORT = "import"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A settled purchase: what was paid, given and taken, and why. Immutable but for its state and what came back.

    `spent` are the lots the redemption drew from, `remaining` being the points drawn; `accrual_lot` took the accrual.
    `returned` is what came back so far, by line; `given_back` are the points each of `spent` has back already.
    `rulebook_digest` and `zone_rules` pin what it was decided by; `quote_id` is the quote it settled.
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
    returned: tuple[ReturnedLine, ...] = ()
    given_back: tuple[int, ...] = ()
    quote_id: QuoteId | None = None
    offers: tuple[AppliedOffer, ...] = ()
    stamps: tuple[StampChange, ...] = ()
    rulebook_digest: str = ""
    zone_rules: str = ""

    def answering(self, body_digest: str) -> "Receipt":
        """Give this receipt again to a till that repeats itself; refuse another body (`KeyReused`)."""
        if self.body_digest != body_digest:
            raise KeyReused(earlier_checkout_id=self.id)
        return self
