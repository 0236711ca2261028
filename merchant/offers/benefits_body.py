"""Benefits as text: `{"percent": {"bp": 1500}}`, `{"gift": {"sku": "latte"}}`."""

from collections.abc import Callable
from itertools import pairwise

from pydantic import BaseModel, Field, ValidationInfo, field_validator

from merchant.offers.one_of import OneOf
from merchant.offers.words import ALL_GOODS, STRICT, GoodsBody, Money, Points, Price, Rate, Word
from offers.model import benefit as nouns
from offers.model.benefit import Benefit

MAX_PARTS = 5
MAX_STEPS = 20


class PercentBody(BaseModel):
    """A percentage off the goods."""

    model_config = STRICT

    bp: Rate
    goods: GoodsBody = ALL_GOODS


class AmountOffBody(BaseModel):
    """An amount off all of the goods together."""

    model_config = STRICT

    amount_minor: Money
    goods: GoodsBody = ALL_GOODS


class FixedPriceBody(BaseModel):
    """Each unit of the goods costs this."""

    model_config = STRICT

    unit_price_minor: Price
    goods: GoodsBody


class GiftBody(BaseModel):
    """So many units of a sku in the basket cost nothing."""

    model_config = STRICT

    sku: Word
    quantity: int = Field(default=1, ge=1, le=1_000)


class TakeAndPayBody(BaseModel):
    """Take so many units, pay for fewer: the cheapest are free."""

    model_config = STRICT

    take: int = Field(ge=2, le=1_000)
    pay: int = Field(ge=1, le=999)
    goods: GoodsBody

    @field_validator("pay")
    @classmethod
    def _less_than_taken(cls, pay: int, known: ValidationInfo) -> int:
        if pay >= known.data.get("take", pay + 1):
            raise ValueError("fewer are paid for than are taken")
        return pay


class BundlePartBody(BaseModel):
    """One part of a set."""

    model_config = STRICT

    goods: GoodsBody
    quantity: int = Field(default=1, ge=1, le=1_000)


class BundleBody(BaseModel):
    """A set for a price."""

    model_config = STRICT

    parts: list[BundlePartBody] = Field(min_length=1, max_length=MAX_PARTS)
    price_minor: Price


class StepBody(BaseModel):
    """From an amount on: a percentage, an amount or points."""

    model_config = STRICT

    at_least_minor: Price
    bp: Rate | None = None
    amount_minor: Money | None = None
    points: Points | None = None

    @property
    def gives(self) -> set[str]:
        return {name for name in ("bp", "amount_minor", "points") if getattr(self, name) is not None}


class ThresholdsBody(BaseModel):
    """The highest step that the goods' price has reached."""

    model_config = STRICT

    steps: list[StepBody] = Field(min_length=1, max_length=MAX_STEPS)
    goods: GoodsBody = ALL_GOODS

    @field_validator("steps")
    @classmethod
    def _rise_in_one_measure(cls, steps: list[StepBody]) -> list[StepBody]:
        if any(len(step.gives) != 1 or step.gives != steps[0].gives for step in steps):
            raise ValueError("every step gives one of bp, amount_minor and points, and all of them the same")
        if any(lower.at_least_minor >= upper.at_least_minor for lower, upper in pairwise(steps)):
            raise ValueError("each step begins at a higher amount than the one before")
        return steps


class PayWithPointsBody(BaseModel):
    """Points may pay this share of the price."""

    model_config = STRICT

    limit_bp: Rate


class AccrualTimesBody(BaseModel):
    """The goods give so many times the points; 20 000 is twice."""

    model_config = STRICT

    times_bp: int = Field(gt=10_000, le=1_000_000)
    goods: GoodsBody = ALL_GOODS


class ExtraPointsBody(BaseModel):
    """Points on top."""

    model_config = STRICT

    points: Points
    goods: GoodsBody = ALL_GOODS


class BenefitBody(OneOf):
    """What an offer gives."""

    percent: PercentBody | None = None
    amount: AmountOffBody | None = None
    fixed_price: FixedPriceBody | None = None
    gift: GiftBody | None = None
    take_and_pay: TakeAndPayBody | None = None
    bundle: BundleBody | None = None
    thresholds: ThresholdsBody | None = None
    pay_with_points: PayWithPointsBody | None = None
    accrual_times: AccrualTimesBody | None = None
    extra_points: ExtraPointsBody | None = None

    def to_noun(self) -> Benefit:
        """Give the benefit this body means."""
        match self.chosen()[1]:
            case GiftBody(sku=sku, quantity=quantity):
                noun: Benefit = nouns.Gift(sku=sku, quantity=quantity)
            case BundleBody(parts=parts, price_minor=price_minor):
                noun = nouns.BundlePrice(
                    parts=tuple(nouns.BundlePart(goods=part.goods.to_noun(), quantity=part.quantity) for part in parts),
                    price_minor=price_minor,
                )
            case ThresholdsBody(steps=steps, goods=goods):
                noun = nouns.Thresholds(steps=tuple(nouns.Step(**dict(step)) for step in steps), goods=goods.to_noun())
            case PayWithPointsBody(limit_bp=limit_bp):
                noun = nouns.PayWithPoints(limit_bp=limit_bp)
            case BaseModel() as body:
                plain = {name: value.to_noun() if isinstance(value, GoodsBody) else value for name, value in body}
                noun = _NOUNS[type(body)](**plain)
        return noun


_NOUNS: dict[type[BaseModel], Callable[..., Benefit]] = {
    PercentBody: nouns.Percent,
    AmountOffBody: nouns.AmountOff,
    FixedPriceBody: nouns.FixedPrice,
    TakeAndPayBody: nouns.TakeAndPay,
    AccrualTimesBody: nouns.AccrualTimes,
    ExtraPointsBody: nouns.ExtraPoints,
}
"""Benefits whose fields are those of their body, goods apart."""
