"""Quotes: a basket priced for a while, and the hold that keeps what the price needs."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from offers.model.decision import Basket, Decision
from offers.model.ids import CardId, CheckoutId, MemberId, OutletId, ProgrammeId, QuoteId
from offers.model.purchase import Line, Purchase
from offers.model.showing import STATICALLY, Showing


class QuoteState(StrEnum):
    """Open and held quotes may be settled while they last; a settled one is its receipt's."""

    OPEN = "open"
    HELD = "held"
    SETTLED = "settled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A price given to a till. It is honoured until `expires_at`, whatever window closes or level changes meanwhile.

    `held_until`: until then points, coupons and budgets it needs are kept for it. `digest` fingerprints the decision.
    """

    id: QuoteId
    programme_id: ProgrammeId
    outlet_id: OutletId
    member_id: MemberId
    card_id: CardId
    basket: Basket
    decision: Decision
    digest: str
    balance: int
    made_at: datetime
    expires_at: datetime
    forget_at: datetime
    state: QuoteState = QuoteState.OPEN
    held_until: datetime | None = None
    checkout_id: CheckoutId | None = None
    shown: Showing = STATICALLY

    @property
    def cause(self) -> str:
        """The key of everything that is held for this quote, and later taken by its receipt."""
        return quote_cause(self.id)

    def state_at(self, at: datetime) -> QuoteState:
        """A hold whose time is over is none, released or not."""
        if self.state is QuoteState.HELD and (self.held_until is None or self.held_until <= at):
            return QuoteState.OPEN
        return self.state


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteSettlement:
    """How a till settles a quote. `lines` None: what was quoted is what was sold."""

    quote_id: QuoteId
    order_ref: str
    business_day: str
    at: datetime
    lines: tuple[Line, ...] | None
    body_digest: str
    idempotency_key: str | None = None

    def purchase(self, quote: Quote) -> Purchase:
        return Purchase(
            card_id=quote.card_id,
            order_ref=self.order_ref,
            business_day=self.business_day,
            lines=quote.basket.lines,
            currency=quote.basket.currency,
            points_to_redeem=quote.basket.points_to_redeem,
            at=self.at,
            body_digest=self.body_digest,
            idempotency_key=self.idempotency_key,
            quote_id=quote.id,
            shown=quote.shown,
        )


def quote_cause(quote_id: QuoteId) -> str:
    return f"quote:{quote_id}"
