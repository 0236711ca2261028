"""Templates of personal offers as text: what the API takes and gives, and what an offers file lists."""

from typing import Annotated

from pydantic import BaseModel, Field

from merchant.offers.conditions_body import Conditions, to_condition
from merchant.offers.offer_body import Funder
from merchant.offers.one_of import OneOf
from merchant.offers.words import ALL_GOODS, STRICT, GoodsBody, Money, Rate, Share, Slug, TitleBody, Word, Words
from offers.model.budget import Period
from offers.model.ids import ProgrammeId
from offers.model.offer import OfferState, offer_id
from offers.model.personal import (
    MAX_LEVELS,
    MAX_LIVE_DAYS,
    Automatic,
    GiftLevel,
    Guardrails,
    Levels,
    PercentLevels,
    PointsLevels,
    Template,
)

MAX_REST_DAYS = 365
MAX_TIMES_BP = 100_000
MAX_USES = 30


Times = Annotated[int, Field(gt=10_000, le=MAX_TIMES_BP, description="20000 is twice the points")]


class PercentLevelsBody(BaseModel):
    """Levels of a percentage off, the smallest first."""

    model_config = STRICT

    rates_bp: list[Rate] = Field(min_length=1, max_length=MAX_LEVELS)
    goods: GoodsBody = ALL_GOODS
    favourite: bool = Field(default=False, description="Off the category of the goods that the member likes best")


class PointsLevelsBody(BaseModel):
    """Levels of so many times the points, the smallest first."""

    model_config = STRICT

    times_bp: list[Times] = Field(min_length=1, max_length=MAX_LEVELS)
    goods: GoodsBody = ALL_GOODS
    favourite: bool = False


class GiftLevelBody(BaseModel):
    """A gift: a sku in the basket costs nothing."""

    model_config = STRICT

    sku: Word
    value_minor: Money
    quantity: int = Field(default=1, ge=1, le=1_000)


class LevelsBody(OneOf):
    """What it gives, in levels."""

    percent: PercentLevelsBody | None = None
    accrual_times: PointsLevelsBody | None = None
    gift: GiftLevelBody | None = None

    def to_noun(self) -> Levels:
        match self.chosen():
            case _, PercentLevelsBody(rates_bp=rates, goods=goods, favourite=favourite):
                return PercentLevels(rates_bp=tuple(rates), goods=goods.to_noun(), favourite=favourite)
            case _, PointsLevelsBody(times_bp=times, goods=goods, favourite=favourite):
                return PointsLevels(times_bp=tuple(times), goods=goods.to_noun(), favourite=favourite)
            case _, gift:
                return GiftLevel(sku=gift.sku, value_minor=gift.value_minor, quantity=gift.quantity)


class GuardrailsBody(BaseModel):
    """The fences, in basis points of the price."""

    model_config = STRICT

    margin_bp: Rate
    margin_floor_bp: Share = 0
    deepest_bp: Share = 3_000
    widest_spread_bp: Share = 3_000

    def to_noun(self) -> Guardrails:
        return Guardrails(**dict(self))


class AutomaticBody(BaseModel):
    """Issue after each night's scores, while it is no larger than the last run that a person issued."""

    model_config = STRICT

    most_growth_bp: int = Field(default=2_500, ge=0, le=1_000_000)
    least_members: int = Field(default=0, ge=0, le=10**9)

    def to_noun(self) -> Automatic:
        return Automatic(most_growth_bp=self.most_growth_bp, least_members=self.least_members)


class TemplateBody(BaseModel):
    """A personal offer: to whom, in which levels, under which budget and fences.

    `when` asks for segments, scores and favourites alone. The fences are the merchant's word to its members: no text
    gets past them.
    """

    model_config = STRICT

    code: Slug
    version: int = Field(default=1, ge=1, le=10**9)
    title: TitleBody
    when: Conditions = []
    benefit: LevelsBody
    guardrails: GuardrailsBody
    budget_minor: Money
    budget_period: Period = Period.MONTH
    live_days: int = Field(default=14, ge=1, le=MAX_LIVE_DAYS)
    uses: int = Field(default=1, ge=1, le=MAX_USES)
    cap_minor: Money | None = None
    explore_bp: Share = 1_000
    holdout_bp: Annotated[int, Field(ge=0, le=5_000)] = 1_000
    rest_days: int = Field(default=30, ge=0, le=MAX_REST_DAYS)
    excludes: Words = []
    funder: Funder = ""
    automatic: AutomaticBody | None = None
    state: OfferState = OfferState.ACTIVE

    def to_noun(self, programme_id: ProgrammeId) -> Template:
        """Give the template this body means in a programme."""
        plain = {"version", "budget_minor", "live_days", "uses", "cap_minor", "explore_bp", "holdout_bp", "rest_days"}
        return Template(
            **self.model_dump(include=plain),
            id=offer_id(programme_id, self.code),
            programme_id=programme_id,
            code=self.code,
            title=self.title.to_noun(),
            condition=to_condition(self.when),
            levels=self.benefit.to_noun(),
            guardrails=self.guardrails.to_noun(),
            budget_period=self.budget_period,
            excludes=tuple(self.excludes),
            funder=self.funder,
            automatic=self.automatic.to_noun() if self.automatic else None,
            state=self.state,
        )
