"""Conditions as text: `{"daypart": {…}}`, `{"any_of": […]}`, `{"not": {…}}`."""

from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from merchant.offers.dayparts_body import DaypartsBody
from merchant.offers.one_of import OneOf
from merchant.offers.words import ALL_GOODS, STRICT, GoodsBody, Money, Price, Quantity, SomeWords
from offers.model import condition as nouns
from offers.model.condition import Condition, LeapDay
from offers.model.ids import OutletId
from offers.model.purchase import MAX_TOTAL_MINOR
from offers.model.scores import ScoreName

MAX_CONDITIONS = 50
MAX_DEPTH = 6


class GoodsBoughtBody(GoodsBody):
    """These goods are in the basket: any of them, or at least so much."""

    quantity: Quantity | None = None

    def to_condition(self) -> nouns.GoodsBought:
        return nouns.GoodsBought(goods=self.to_noun(), quantity=self.quantity or Decimal(0))


class AmountBody(BaseModel):
    """The goods cost so much before any discount."""

    model_config = STRICT

    at_least_minor: Price = 0
    at_most_minor: Money | None = None
    goods: GoodsBody = ALL_GOODS

    @field_validator("at_most_minor")
    @classmethod
    def _leaves_something(cls, at_most_minor: int | None, known: ValidationInfo) -> int | None:
        if at_most_minor is not None and at_most_minor < known.data.get("at_least_minor", 0):
            raise ValueError("no amount is that small and that large")
        return at_most_minor

    def to_condition(self) -> nouns.AmountReached:
        return nouns.AmountReached(
            at_least_minor=self.at_least_minor, at_most_minor=self.at_most_minor, goods=self.goods.to_noun()
        )


class NthPurchaseBody(BaseModel):
    """The member's nth purchase, or each nth."""

    model_config = STRICT

    nth: int = Field(ge=1, le=10_000)
    every: bool = True


class StampsBody(BaseModel):
    """So many units bought before, each of which gave a stamp."""

    model_config = STRICT

    needed: int = Field(ge=1, le=1_000)
    goods: GoodsBody = ALL_GOODS


class BirthdayBody(BaseModel):
    """Local dates from so many days before the birthday, as many as told from the birthday on."""

    model_config = STRICT

    days_before: int = Field(default=0, ge=0, le=180)
    days_after: int = Field(default=7, ge=0, le=180)
    leap_day: LeapDay = LeapDay.FEBRUARY_28


class ScoreBody(BaseModel):
    """A score of the night shift lies between two numbers, both included.

    `buys_again` is in basis points, `purchases` in hundredths, `spend` in minor units, all of the days looked ahead.
    """

    model_config = STRICT

    score: ScoreName
    at_least: int | None = Field(default=None, ge=0, le=MAX_TOTAL_MINOR)
    at_most: int | None = Field(default=None, ge=0, le=MAX_TOTAL_MINOR)

    @field_validator("at_most")
    @classmethod
    def _leaves_something(cls, at_most: int | None, known: ValidationInfo) -> int | None:
        if at_most is not None and at_most < (known.data.get("at_least") or 0):
            raise ValueError("no score is that small and that large")
        return at_most


_OF_WORDS: dict[str, Callable[[tuple[str, ...]], Condition]] = {
    "outlet": lambda words: nouns.AtOutlet(outlets=tuple(map(OutletId, words))),
    "segment": lambda words: nouns.InSegment(segments=words),
    "level": lambda words: nouns.AtLevel(levels=words),
    "likes": lambda words: nouns.LikesCategory(categories=words),
}


class ConditionBody(OneOf):
    """One condition."""

    all_of: list["ConditionBody"] | None = Field(default=None, max_length=MAX_CONDITIONS)
    any_of: list["ConditionBody"] | None = Field(default=None, min_length=1, max_length=MAX_CONDITIONS)
    negated: "ConditionBody | None" = Field(default=None, alias="not")
    goods: GoodsBoughtBody | None = None
    amount: AmountBody | None = None
    outlet: SomeWords | None = Field(default=None, description="Ids of outlets")
    daypart: DaypartsBody | None = None
    segment: SomeWords | None = None
    level: SomeWords | None = Field(default=None, description="Keys of discount levels")
    score: ScoreBody | None = None
    likes: SomeWords | None = Field(default=None, description="Categories, any of which is a favourite")
    first_purchase: Literal[True] | None = None
    nth_purchase: NthPurchaseBody | None = None
    stamps: StampsBody | None = None
    birthday: BirthdayBody | None = None
    code: list[nouns.CodeKind] | None = Field(default=None, min_length=1, max_length=2)
    channel: list[nouns.SalesChannel] | None = Field(default=None, min_length=1, max_length=3)

    def to_noun(self) -> Condition:
        """Give the condition this body means."""
        match self.chosen():
            case "all_of", list(parts):
                noun: Condition = nouns.AllOf(conditions=tuple(part.to_noun() for part in parts))
            case "any_of", list(parts):
                noun = nouns.AnyOf(conditions=tuple(part.to_noun() for part in parts))
            case "negated", ConditionBody() as part:
                noun = nouns.Not(condition=part.to_noun())
            case str(name), list(words) if name in _OF_WORDS:
                noun = _OF_WORDS[name](tuple(words))
            case "code", list(kinds):
                noun = nouns.CodePresented(by=tuple(kinds))
            case "channel", list(channels):
                noun = nouns.BySalesChannel(channels=tuple(channels))
            case _, value:
                noun = _of_body(value)
        return noun


def to_condition(bodies: list[ConditionBody]) -> Condition:
    """Read a list of conditions, all of which must hold; a single one stands for itself."""
    if len(bodies) == 1:
        return bodies[0].to_noun()
    return nouns.AllOf(conditions=tuple(body.to_noun() for body in bodies))


def _depth(bodies: list[ConditionBody]) -> int:
    """Tell how deep conditions are nested."""
    inner = (_depth([*(body.all_of or ()), *(body.any_of or ()), *filter(None, (body.negated,))]) for body in bodies)
    return 1 + max(inner, default=0) if bodies else 0


def _not_too_deep(bodies: list[ConditionBody]) -> list[ConditionBody]:
    if _depth(bodies) > MAX_DEPTH:
        raise PydanticCustomError("too_deep", "conditions are nested at most {depth} deep", {"depth": MAX_DEPTH})
    return bodies


Conditions = Annotated[list[ConditionBody], Field(max_length=MAX_CONDITIONS), AfterValidator(_not_too_deep)]
"""What a rule asks for; all of it must hold."""


def _of_body(value: object) -> Condition:
    match value:
        case GoodsBoughtBody() | AmountBody():
            noun: Condition = value.to_condition()
        case DaypartsBody():
            noun = nouns.DuringDayparts(dayparts=value.to_noun())
        case NthPurchaseBody(nth=nth, every=every):
            noun = nouns.NthPurchase(nth=nth, every=every)
        case ScoreBody(score=score, at_least=at_least, at_most=at_most):
            noun = nouns.ScoreWithin(score=score, at_least=at_least, at_most=at_most)
        case StampsBody(needed=needed, goods=goods):
            noun = nouns.StampsCollected(needed=needed, goods=goods.to_noun())
        case BirthdayBody():
            noun = nouns.NearBirthday(
                days_before=value.days_before, days_after=value.days_after, leap_day=value.leap_day
            )
        case _:
            noun = nouns.FirstPurchase()
    return noun
