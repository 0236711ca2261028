"""The fields that several bodies of the checkout API share."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema

from offers.model.errors import BadHeader
from offers.model.purchase import MAX_TOTAL_MINOR, Line
from offers.model.voucher import MAX_CODE_INPUT

MAX_BODY_BYTES = 1024 * 1024
"""Five hundred lines fit many times over; ten thousand short ones are still read, to be told how many may be sent."""
MAX_POINTS = 10**9
MAX_QUANTITY = 1_000_000
IDEMPOTENCY_HEADER = "Idempotency-Key"
STRICT = ConfigDict(extra="forbid", frozen=True, strict=True)
_QUANTITY = re.compile(r"\d{1,7}(\.\d{1,6})?", re.ASCII)
_IDEMPOTENCY_KEY = re.compile(r"[\x20-\x7e]{1,200}")


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
ReturnRef = Annotated[
    str,
    StringConstraints(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f]+$"),
    Field(description="The till's own number of the return, unique within the sale"),
]
Instant = Annotated[
    AwareDatetime,
    # Far enough from the ends of the calendar to be turned into any zone's local day.
    Field(ge=datetime(2000, 1, 1, tzinfo=UTC), le=datetime(2200, 1, 1, tzinfo=UTC)),
]


class LineBody(BaseModel):
    """One line of the basket."""

    model_config = STRICT

    sku: str = Field(min_length=1, max_length=64)
    category: str = Field(min_length=1, max_length=64)
    quantity: Quantity
    unit_price_minor: int = Field(ge=0, le=MAX_TOTAL_MINOR, description="Price of one, in minor units (kopecks, cents)")

    def to_line(self) -> Line:
        return Line(**dict(self))

    def fingerprint(self) -> list[str | int]:
        """Give what decides the answer: how the quantity is spelled does not."""
        return [self.sku, self.category, spelled(self.quantity), self.unit_price_minor]


def spelled(quantity: Decimal) -> str:
    return f"{quantity.normalize():f}"


def in_milliseconds(at: datetime) -> datetime:
    """Cut to milliseconds, the precision the store keeps, so that a repeated answer is the same."""
    return at.astimezone(UTC).replace(microsecond=at.microsecond // 1000 * 1000)


def read_idempotency_key(value: str | None) -> str | None:
    """Check an Idempotency-Key header. Raises BadHeader when it is not 1 to 200 printable characters."""
    if value is not None and not _IDEMPOTENCY_KEY.fullmatch(value):
        raise BadHeader(header=IDEMPOTENCY_HEADER)
    return value


MAX_COUPON_CODES = 20
CouponCodes = Annotated[
    list[Annotated[str, StringConstraints(min_length=1, max_length=MAX_CODE_INPUT, strip_whitespace=True)]],
    Field(max_length=MAX_COUPON_CODES, description="Coupons by their ids, voucher codes as they were typed"),
]
