"""What a till may send: the bodies of the checkout API, checked at the edge, and the purchase they mean."""

import hashlib
import json
import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema

from offers.engine.calendar import business_day
from offers.engine.card_codes import MAX_CODE_LENGTH, read_scan_code
from offers.model.errors import BadHeader
from offers.model.programme import Outlet
from offers.model.purchase import MAX_LINES, MAX_TOTAL_MINOR, Line, Purchase

MAX_BODY_BYTES = 1024 * 1024
"""Five hundred lines fit many times over; ten thousand short ones are still read, to be told how many may be sent."""
MAX_POINTS = 10**9
MAX_QUANTITY = 1_000_000
IDEMPOTENCY_HEADER = "Idempotency-Key"
_QUANTITY = re.compile(r"\d{1,7}(\.\d{1,6})?", re.ASCII)
_IDEMPOTENCY_KEY = re.compile(r"[\x20-\x7e]{1,200}")
_STRICT = ConfigDict(extra="forbid", frozen=True, strict=True)


def _decimal_text(value: Any) -> Decimal:
    if not isinstance(value, str) or not _QUANTITY.fullmatch(value):
        message = 'a decimal number in a string, with at most 6 decimals: "1", "0.350"'
        raise ValueError(message)
    return Decimal(value)


Quantity = Annotated[
    Decimal,
    BeforeValidator(_decimal_text),
    Field(gt=0, le=MAX_QUANTITY, description="How many, or how much by weight: a decimal string", examples=["0.350"]),
    WithJsonSchema({"type": "string", "pattern": rf"^{_QUANTITY.pattern}$"}),
]
OrderRef = Annotated[
    str,
    StringConstraints(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f]+$"),
    Field(description="The till's own number of the sale, unique within the outlet's business day"),
]
Instant = Annotated[
    AwareDatetime,
    # Far enough from the ends of the calendar to be turned into any zone's local day.
    Field(ge=datetime(2000, 1, 1, tzinfo=UTC), le=datetime(2200, 1, 1, tzinfo=UTC)),
]


class LineBody(BaseModel):
    """One line of the basket."""

    model_config = _STRICT

    sku: str = Field(min_length=1, max_length=64)
    category: str = Field(min_length=1, max_length=64)
    quantity: Quantity
    unit_price_minor: int = Field(ge=0, le=MAX_TOTAL_MINOR, description="Price of one, in minor units (kopecks, cents)")


class CheckoutBody(BaseModel):
    """A sale to settle: whose card, what was bought, and how many points the member wants to pay with."""

    model_config = _STRICT

    card: str = Field(min_length=1, max_length=MAX_CODE_LENGTH, description="The text of the scanned code")
    order_ref: OrderRef
    lines: list[LineBody] = Field(min_length=1, max_length=MAX_LINES)
    currency: str = Field(pattern=r"^[A-Z]{3}$", description="ISO 4217, the programme's own")
    coupon_codes: list[str] = Field(default=[], max_length=0, description="No coupons are accepted yet")
    points_to_redeem: int = Field(default=0, ge=0, le=MAX_POINTS)
    at: Instant | None = Field(default=None, description="When the sale took place; by default, now")

    def to_purchase(self, *, outlet: Outlet, code_key: bytes, idempotency_key: str | None, now: datetime) -> Purchase:
        """Give the purchase this body means. Raises MalformedCode, ForgedCode.

        The instant is cut to milliseconds, the precision the store keeps, so that a repeated answer is the same.
        """
        at = _in_milliseconds(self.at or now)
        card_id = read_scan_code(self.card, code_key)
        return Purchase(
            card_id=card_id,
            order_ref=self.order_ref,
            business_day=business_day(at, outlet.zone),
            lines=tuple(Line(**dict(line)) for line in self.lines),
            currency=self.currency,
            points_to_redeem=self.points_to_redeem,
            at=at,
            body_digest=self._digest(card_id),
            idempotency_key=idempotency_key,
        )

    def _digest(self, card_id: str) -> str:
        """Fingerprint what decides the answer: spelling, order of fields and the server's clock do not."""
        facts = {
            "card": card_id,
            "order_ref": self.order_ref,
            "lines": [[x.sku, x.category, f"{x.quantity.normalize():f}", x.unit_price_minor] for x in self.lines],
            "currency": self.currency,
            "points_to_redeem": self.points_to_redeem,
            "at": _in_milliseconds(self.at).isoformat() if self.at else None,
        }
        text = json.dumps(facts, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


class OrderQuery(BaseModel):
    """What `GET /v1/checkouts` asks for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    order_ref: OrderRef


def read_idempotency_key(value: str | None) -> str | None:
    """Check an Idempotency-Key header. Raises BadHeader when it is not 1 to 200 printable characters."""
    if value is not None and not _IDEMPOTENCY_KEY.fullmatch(value):
        raise BadHeader(header=IDEMPOTENCY_HEADER)
    return value


def _in_milliseconds(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(microsecond=at.microsecond // 1000 * 1000)
