"""What a till may send: the bodies of the checkout API, checked at the edge, and what they mean."""

import hashlib
import json
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from merchant.checkout.fields import (
    MAX_POINTS,
    STRICT,
    CouponCodes,
    Instant,
    LineBody,
    OrderRef,
    Quantity,
    ReturnRef,
    in_milliseconds,
    spelled,
)
from offers.engine.calendar import business_day
from offers.engine.card_codes import MAX_CODE_LENGTH
from offers.flows.read_code import Scanned
from offers.model.decision import Basket
from offers.model.ids import QuoteId
from offers.model.programme import Outlet
from offers.model.purchase import MAX_LINES, MAX_TOTAL_MINOR, Purchase
from offers.model.quote import QuoteSettlement
from offers.model.returns import GoodsBack, ReturnRequest


class BasketBody(BaseModel):
    """A basket to price: whose card, what is bought, and how many points the member wants to pay with."""

    model_config = STRICT

    card: str = Field(min_length=1, max_length=MAX_CODE_LENGTH, description="The text of the scanned code")
    lines: list[LineBody] = Field(min_length=1, max_length=MAX_LINES)
    currency: str = Field(pattern=r"^[A-Z]{3}$", description="ISO 4217, the programme's own")
    coupon_codes: CouponCodes = []
    points_to_redeem: int = Field(default=0, ge=0, le=MAX_POINTS)

    def to_basket(self) -> Basket:
        lines = tuple(line.to_line() for line in self.lines)
        return Basket(
            lines=lines,
            currency=self.currency,
            points_to_redeem=self.points_to_redeem,
            codes=tuple(self.coupon_codes),
        )


class CheckoutBody(BaseModel):
    """A sale to settle: whose card, what was bought, and how many points the member wants to pay with."""

    model_config = STRICT

    card: str = Field(min_length=1, max_length=MAX_CODE_LENGTH, description="The text of the scanned code")
    order_ref: OrderRef
    lines: list[LineBody] = Field(min_length=1, max_length=MAX_LINES)
    currency: str = Field(pattern=r"^[A-Z]{3}$", description="ISO 4217, the programme's own")
    coupon_codes: CouponCodes = []
    points_to_redeem: int = Field(default=0, ge=0, le=MAX_POINTS)
    at: Instant | None = Field(default=None, description="When the sale took place; by default, now")

    def to_purchase(self, *, outlet: Outlet, scanned: Scanned, idempotency_key: str | None, now: datetime) -> Purchase:
        """Give the purchase this body means; `scanned` is what `card` says."""
        at = in_milliseconds(self.at or now)
        return Purchase(
            card_id=scanned.card_id,
            shown=scanned.shown,
            order_ref=self.order_ref,
            business_day=business_day(at, outlet.zone),
            lines=tuple(line.to_line() for line in self.lines),
            currency=self.currency,
            points_to_redeem=self.points_to_redeem,
            at=at,
            body_digest=self._digest(scanned.card_id),
            idempotency_key=idempotency_key,
            codes=tuple(self.coupon_codes),
        )

    def _digest(self, card_id: str) -> str:
        """Fingerprint what decides the answer: spelling, order of fields and the server's clock do not."""
        return _fingerprint(
            {
                "card": card_id,
                "order_ref": self.order_ref,
                "lines": [line.fingerprint() for line in self.lines],
                "currency": self.currency,
                "points_to_redeem": self.points_to_redeem,
                "coupon_codes": self.coupon_codes,
                "at": _spelled(self.at),
            }
        )


class QuoteCheckoutBody(BaseModel):
    """A quote to settle. `lines` are what was sold in the end; left out, they are what was quoted."""

    model_config = STRICT

    quote_id: str = Field(min_length=1, max_length=64)
    order_ref: OrderRef
    lines: list[LineBody] | None = Field(default=None, min_length=1, max_length=MAX_LINES)
    at: Instant | None = Field(default=None, description="When the sale took place; by default, now")

    def to_settlement(self, *, outlet: Outlet, idempotency_key: str | None, now: datetime) -> QuoteSettlement:
        at = in_milliseconds(self.at or now)
        lines = None if self.lines is None else [line.fingerprint() for line in self.lines]
        facts = {"quote": self.quote_id, "order_ref": self.order_ref, "lines": lines, "at": _spelled(self.at)}
        return QuoteSettlement(
            quote_id=QuoteId(self.quote_id),
            order_ref=self.order_ref,
            business_day=business_day(at, outlet.zone),
            at=at,
            lines=None if self.lines is None else tuple(line.to_line() for line in self.lines),
            body_digest=_fingerprint(facts),
            idempotency_key=idempotency_key,
        )


class GoodsBackBody(BaseModel):
    """What of one line comes back: so many, goods of such a price, or both."""

    model_config = STRICT

    line: int = Field(ge=0, lt=MAX_LINES, description="The line of the receipt, counted from 0")
    quantity: Quantity | None = None
    amount_minor: int | None = Field(
        default=None, gt=0, le=MAX_TOTAL_MINOR, description="In the receipt's prices before any discount"
    )

    @model_validator(mode="after")
    def _says_how_much(self) -> "GoodsBackBody":
        if self.quantity is None and self.amount_minor is None:
            message = "a quantity, an amount, or both"
            raise ValueError(message)
        return self

    def to_goods(self) -> GoodsBack:
        return GoodsBack(line=self.line, quantity=self.quantity, amount_minor=self.amount_minor)

    def fingerprint(self) -> list[Any]:
        return [self.line, None if self.quantity is None else spelled(self.quantity), self.amount_minor]


class ReturnBody(BaseModel):
    """A return. `lines` left out return everything that is left of the sale."""

    model_config = STRICT

    return_ref: ReturnRef
    lines: list[GoodsBackBody] | None = Field(default=None, min_length=1, max_length=MAX_LINES)

    @model_validator(mode="after")
    def _names_a_line_once(self) -> "ReturnBody":
        lines = [each.line for each in self.lines or ()]
        if len(set(lines)) < len(lines):
            message = "every line at most once"
            raise ValueError(message)
        return self

    def to_request(self, *, idempotency_key: str | None) -> ReturnRequest:
        goods = None if self.lines is None else sorted(self.lines, key=lambda each: each.line)
        asked = None if goods is None else [each.fingerprint() for each in goods]
        return ReturnRequest(
            return_ref=self.return_ref,
            goods=None if goods is None else tuple(each.to_goods() for each in goods),
            body_digest=_fingerprint({"return_ref": self.return_ref, "lines": asked}),
            idempotency_key=idempotency_key,
        )


class OrderQuery(BaseModel):
    """What `GET /v1/checkouts` asks for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    order_ref: OrderRef


class CheckoutKind(BaseModel):
    """Tells which of the two bodies a checkout has."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)

    quote_id: str | None = None


def _spelled(at: datetime | None) -> str | None:
    return in_milliseconds(at).isoformat() if at else None


def _fingerprint(facts: dict[str, Any]) -> str:
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
