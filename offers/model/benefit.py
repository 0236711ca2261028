"""Benefits of an offer: what it gives. A closed set; `kind` tells them apart when stored. Rates are basis points."""

from dataclasses import dataclass
from typing import Literal

from offers.model.goods import EVERYTHING, Goods


@dataclass(frozen=True, slots=True, kw_only=True)
class Percent:
    bp: int
    goods: Goods = EVERYTHING
    kind: Literal["percent"] = "percent"


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountOff:
    """So much off all of the goods together."""

    amount_minor: int
    goods: Goods = EVERYTHING
    kind: Literal["amount"] = "amount"


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedPrice:
    """Each unit of the goods costs this; nothing becomes dearer."""

    unit_price_minor: int
    goods: Goods
    kind: Literal["fixed_price"] = "fixed_price"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gift:
    """So many units of a sku, which must be in the basket, cost nothing; the cheapest line first."""

    sku: str
    quantity: int = 1
    kind: Literal["gift"] = "gift"


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeAndPay:
    """Take `take` units and pay for `pay` of them: in every such handful, dearest first, the cheapest are free."""

    take: int
    pay: int
    goods: Goods
    kind: Literal["take_and_pay"] = "take_and_pay"


@dataclass(frozen=True, slots=True, kw_only=True)
class BundlePart:
    goods: Goods
    quantity: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class BundlePrice:
    """One of each part, together, for a price."""

    parts: tuple[BundlePart, ...]
    price_minor: int
    kind: Literal["bundle"] = "bundle"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """From this amount on: a percentage, an amount or points; exactly one of the three is set."""

    at_least_minor: int
    bp: int | None = None
    amount_minor: int | None = None
    points: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """The highest step that the goods' price before any discount has reached."""

    steps: tuple[Step, ...]
    goods: Goods = EVERYTHING
    kind: Literal["thresholds"] = "thresholds"


@dataclass(frozen=True, slots=True, kw_only=True)
class PayWithPoints:
    """Points may pay for this share of the price."""

    limit_bp: int
    kind: Literal["pay_with_points"] = "pay_with_points"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccrualTimes:
    """The goods give this many times the points: 20 000 is twice."""

    times_bp: int
    goods: Goods = EVERYTHING
    kind: Literal["accrual_times"] = "accrual_times"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtraPoints:
    points: int
    goods: Goods = EVERYTHING
    kind: Literal["extra_points"] = "extra_points"


Benefit = (
    Percent
    | AmountOff
    | FixedPrice
    | Gift
    | TakeAndPay
    | BundlePrice
    | Thresholds
    | PayWithPoints
    | AccrualTimes
    | ExtraPoints
)
