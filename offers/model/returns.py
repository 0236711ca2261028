"""Returns: goods of a settled purchase that come back, in one or many parts."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from offers.model.errors import KeyReused
from offers.model.ids import CheckoutId, MemberId, OutletId, ProgrammeId


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsBack:
    """What the till asks to return of one line: so many, or goods of such a price, or so many at such a price.

    `line` counts from 0; `amount_minor` is in the receipt's prices before any discount.
    """

    line: int
    quantity: Decimal | None = None
    amount_minor: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnRequest:
    """One return as the till reports it. `goods` None: everything that is left. `return_ref` names it for ever."""

    return_ref: str
    goods: tuple[GoodsBack, ...] | None
    body_digest: str
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnedLine:
    """What of a line came back: in one return, or in all of them so far.

    `total_minor` is before discount; `refund_minor` is money to pay out. Points are what is due: a policy may let less
    happen.
    """

    line: int
    quantity: Decimal
    total_minor: int
    discount_minor: int
    redeemed_minor: int
    refund_minor: int
    points_redeemed: int
    points_accrued: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """A return that happened: what was paid out and which points went where. Immutable.

    `points_returned` and `points_taken_back` are what the account saw. `is_whole` when nothing is left to return.
    """

    id: str
    checkout_id: CheckoutId
    programme_id: ProgrammeId
    outlet_id: OutletId
    member_id: MemberId
    order_ref: str
    return_ref: str
    at: datetime
    currency: str
    lines: tuple[ReturnedLine, ...]
    total_minor: int
    refund_minor: int
    points_returned: int
    points_taken_back: int
    balance: int
    is_whole: bool
    body_digest: str
    idempotency_key: str | None

    def answering(self, request: ReturnRequest) -> "Return":
        """Give this return again to a till that repeats itself; refuse another body (`KeyReused`)."""
        if self.body_digest != request.body_digest:
            raise KeyReused(earlier_checkout_id=self.checkout_id)
        return self
