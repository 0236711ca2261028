"""What may be sent about discounts that follow activity, checked at the edge: the fences stand here."""

from itertools import pairwise
from typing import Annotated

from pydantic import BaseModel, Field, field_validator, model_validator

from merchant.checkout.fields import STRICT
from offers.model.activity import MAX_BANDS, ActivityMeasure, ActivityRules, Band
from offers.model.purchase import MAX_TOTAL_MINOR

DEEPEST_BP = 5_000
MAX_DAYS = 366
Rate = Annotated[int, Field(ge=0, le=DEEPEST_BP, description="Basis points: 500 is 5 %")]
Activity = Annotated[int, Field(ge=0, le=MAX_TOTAL_MINOR)]


class BandBody(BaseModel):
    """From so much activity on, so much discount."""

    model_config = STRICT

    at_least: Activity
    discount_bp: Rate

    def to_noun(self) -> Band:
        return Band(at_least=self.at_least, discount_bp=self.discount_bp)


class ActivityBody(BaseModel):
    """Bands over what a member does, and how a discount moves between them."""

    model_config = STRICT

    measure: ActivityMeasure = Field(strict=False)
    bands: list[BandBody] = Field(min_length=1, max_length=MAX_BANDS)
    days: int = Field(default=30, ge=1, le=MAX_DAYS)
    slack: Activity = 0
    step_bp: int = Field(default=500, ge=1, le=DEEPEST_BP)
    rest_days: int = Field(default=7, ge=1, le=MAX_DAYS)

    @field_validator("bands")
    @classmethod
    def _ascending(cls, bands: list[BandBody]) -> list[BandBody]:
        for lower, higher in pairwise(bands):
            if higher.at_least <= lower.at_least:
                message = "each band has to ask for more than the one before it"
                raise ValueError(message)
        return bands

    @model_validator(mode="after")
    def _slack_within_the_bands(self) -> "ActivityBody":
        if self.slack >= max(band.at_least for band in self.bands) > 0:
            message = "with so much slack no discount would ever fall"
            raise ValueError(message)
        return self

    def to_noun(self) -> ActivityRules:
        return ActivityRules(
            measure=self.measure,
            bands=tuple(band.to_noun() for band in self.bands),
            days=self.days,
            slack=self.slack,
            step_bp=self.step_bp,
            rest_days=self.rest_days,
        )
