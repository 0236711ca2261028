"""What may be sent about a programme's terms, checked at the edge."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any

from pydantic import BaseModel, Field, field_validator, model_validator

from merchant.checkout.fields import STRICT
from merchant.programme.activity_body import ActivityBody
from offers.model.held_level import Downgrade, LevelPeriod, LevelRules
from offers.model.ledger import ReturnPolicy, SpendingOrder
from offers.model.programme import BASIS_POINTS, DiscountLevel, LocalText, Terms
from offers.model.purchase import MAX_TOTAL_MINOR
from offers.model.referral_terms import ReferralTerms
from offers.model.showing import CodePolicy, CodeRight, CodeRights

MAX_LEVELS = 20
MAX_DAYS = 3_660
MAX_POINTS = 10**9

Rate = Annotated[int, Field(ge=0, le=BASIS_POINTS, description="Basis points: 500 is 5 %")]
Days = Annotated[int, Field(ge=0, le=MAX_DAYS)]
Name = Annotated[str, Field(min_length=1, max_length=40)]


class NameBody(BaseModel):
    model_config = STRICT

    ru: Name
    en: Name


class LevelBody(BaseModel):
    """A discount level. Offers call it by its slug, or by its English name when it has none."""

    model_config = STRICT

    name: NameBody
    spend_threshold_minor: int = Field(ge=0, le=1_000 * MAX_TOTAL_MINOR)
    discount_bp: Rate
    slug: str = Field(default="", pattern=r"^[a-z0-9_-]{0,40}$")
    accrual_bp: Rate | None = None

    def to_noun(self) -> DiscountLevel:
        return DiscountLevel(
            name=LocalText(ru=self.name.ru, en=self.name.en),
            spend_threshold_minor=self.spend_threshold_minor,
            discount_bp=self.discount_bp,
            slug=self.slug,
            accrual_bp=self.accrual_bp,
        )


class LevelRulesBody(BaseModel):
    """Over what time spend counts, and what becomes of a level that was not reached again."""

    model_config = STRICT

    period: LevelPeriod = Field(default=LevelPeriod.LIFETIME, strict=False)
    rolling_days: int = Field(default=365, ge=1, le=MAX_DAYS)
    downgrade: Downgrade = Field(default=Downgrade.ONE_STEP, strict=False)
    grace_days: Days = 30

    def to_noun(self) -> LevelRules:
        return LevelRules(**dict(self))


class ReferralBody(BaseModel):
    """What is given for a new member whom another one brought."""

    model_config = STRICT

    inviter_points: int = Field(ge=0, le=MAX_POINTS)
    invited_points: int = Field(ge=0, le=MAX_POINTS)
    min_purchase_minor: int = Field(default=0, ge=0, le=MAX_TOTAL_MINOR)
    pending_days: Days = 14
    monthly_cap: int = Field(default=10, ge=1, le=1_000)

    def to_noun(self) -> ReferralTerms:
        return ReferralTerms(**dict(self))


class CodeRightsBody(BaseModel):
    """What one kind of code may do; what is left out, it may."""

    model_config = STRICT

    see: bool = True
    accrue: bool = True
    redeem_points: bool = True
    daily_points: int | None = Field(default=None, ge=0, le=MAX_POINTS, description="Of one card in a day; null: any")
    use_coupons: bool = True
    spend_prepaid: bool = True

    def to_noun(self) -> CodeRights:
        return CodeRights(**dict(self))


class CodesBody(BaseModel):
    """What a code that always is the same may do, and what one that changes."""

    model_config = STRICT

    static: CodeRightsBody = CodeRightsBody()
    rotating: CodeRightsBody = CodeRightsBody()

    @model_validator(mode="after")
    def _rotating_may_do_no_less(self) -> "CodesBody":
        static, rotating = self.static.to_noun(), self.rotating.to_noun()
        if less := [right.value for right in CodeRight if static.allow(right) and not rotating.allow(right)]:
            raise ValueError(f"a rotating code may not do less than a static one: {', '.join(less)}")
        return self

    def to_noun(self) -> CodePolicy:
        return CodePolicy(static=self.static.to_noun(), rotating=self.rotating.to_noun())


class TermsBody(BaseModel):
    """The terms to change: what is left out stays as it is."""

    model_config = STRICT

    accrual_bp: Rate | None = None
    point_value_minor: int | None = Field(default=None, ge=1, le=10**9, description="What a point pays")
    redemption_limit_bp: Rate | None = None
    points_live_days: Annotated[int, Field(ge=1, le=MAX_DAYS)] | None = None
    restore_grace_days: Days | None = None
    levels: list[LevelBody] | None = Field(default=None, max_length=MAX_LEVELS)
    pending_days: Days | None = None
    spending_order: SpendingOrder | None = Field(default=None, strict=False)
    return_policy: ReturnPolicy | None = Field(default=None, strict=False)
    expiry_reminder_days: Annotated[int, Field(ge=1, le=MAX_DAYS)] | None = None
    transfer_daily_points: int | None = Field(default=None, ge=0, le=MAX_POINTS)
    adjustment_limit: int | None = Field(default=None, ge=0, le=MAX_POINTS)
    adjustment_patience_hours: int | None = Field(default=None, ge=1, le=24 * 366)
    level_rules: LevelRulesBody | None = None
    referral: ReferralBody | None = None
    codes: CodesBody | None = None
    activity: ActivityBody | None = Field(default=None, description="Discounts that follow activity; null: none do")

    @field_validator("levels")
    @classmethod
    def _each_its_own(cls, levels: list[LevelBody] | None) -> list[LevelBody] | None:
        for told, of in _TWINS.items():
            values = [of(level) for level in levels or ()]
            if len(set(values)) < len(values):
                raise ValueError(f"two levels have the same {told}")
        return levels

    def change(self, terms: Terms) -> Terms:
        """Give the terms as they shall be. Null is a value where it means something: points that never run out."""
        given: dict[str, Any] = {}
        for name in self.model_fields_set:
            value = getattr(self, name)
            if value is not None or name in _MAY_BE_NONE:
                given[name] = _noun(value)
        return Terms(**{**{name: getattr(terms, name) for name in terms.__slots__}, **given})


_TWINS: dict[str, Callable[[LevelBody], object]] = {
    "name": lambda level: level.slug or level.name.en,
    "spend_threshold_minor": lambda level: level.spend_threshold_minor,
}
_MAY_BE_NONE = {"points_live_days", "expiry_reminder_days", "referral", "activity"}


def _noun(value: Any) -> Any:
    if isinstance(value, LevelRulesBody | ReferralBody | CodesBody | ActivityBody):
        return value.to_noun()
    if isinstance(value, Sequence) and not isinstance(value, str):
        return tuple(sorted((level.to_noun() for level in value), key=lambda level: level.spend_threshold_minor))
    return value
