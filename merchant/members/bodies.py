"""What is sent about members, checked at the edge."""

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints, field_validator, model_validator

from merchant.checkout.fields import STRICT, Instant, in_milliseconds
from merchant.limits import NO_CONTROLS
from offers.flows.adjust_balance import MAX_POINTS
from offers.flows.put_in_segments import MAX_SEGMENTS
from offers.flows.top_up_prepaid import MAX_MINOR
from offers.model.computed_segments import is_computed
from offers.model.ids import ID_LENGTH
from offers.model.member import OwnTerms
from offers.model.programme import BASIS_POINTS

MAX_REASON = 500
MAX_ACCRUAL_BP = 10 * BASIS_POINTS
Id = Annotated[str, Field(min_length=ID_LENGTH, max_length=ID_LENGTH)]
Reason = Annotated[
    str,
    StringConstraints(min_length=1, max_length=MAX_REASON, strip_whitespace=True, pattern=NO_CONTROLS),
    Field(description="Kept with the change, in the audit"),
]
Segment = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=NO_CONTROLS)]


class TransferBody(BaseModel):
    """Points for another member."""

    model_config = STRICT

    to: Id
    points: int = Field(ge=1, le=MAX_POINTS)


class AdjustmentBody(BaseModel):
    """Points given or taken by hand; above the programme's limit a second person has to approve."""

    model_config = STRICT

    points: int = Field(ge=-MAX_POINTS, le=MAX_POINTS, description="Signed: below nothing takes")
    reason: Reason

    @field_validator("points")
    @classmethod
    def _moves_something(cls, points: int) -> int:
        if not points:
            message = "at least one point, given or taken"
            raise ValueError(message)
        return points


class MergeBody(BaseModel):
    """Two enrolments of one person: `survivor` speaks for both from then on."""

    model_config = STRICT

    survivor: Id
    merged: Id
    reason: Reason


class OwnTermsBody(BaseModel):
    """What is agreed with one member; what is left out stays as the programme has it."""

    model_config = STRICT

    discount_bp: int | None = Field(default=None, ge=0, le=BASIS_POINTS, description="Replaces the level's discount")
    accrual_bp: int | None = Field(default=None, ge=0, le=MAX_ACCRUAL_BP, description="Replaces the rate of accrual")
    until: Instant | None = Field(default=None, description="When it ends; without, it is not known yet")

    @model_validator(mode="after")
    def _agrees_on_something(self) -> "OwnTermsBody":
        if self.discount_bp is None and self.accrual_bp is None:
            message = "a discount_bp, an accrual_bp, or both"
            raise ValueError(message)
        return self

    def to_terms(self) -> OwnTerms:
        until = in_milliseconds(self.until) if self.until else None
        return OwnTerms(discount_bp=self.discount_bp, accrual_bp=self.accrual_bp, until=until)


class SegmentsBody(BaseModel):
    """The names of all segments a member is in."""

    model_config = STRICT

    segments: list[Segment] = Field(max_length=MAX_SEGMENTS)

    @field_validator("segments")
    @classmethod
    def _leaves_scoring_its_own(cls, segments: list[str]) -> list[str]:
        if any(is_computed(name) for name in segments):
            raise ValueError("segments that begin with rfm: or cluster: are scoring's own: give it another name")
        return segments


class MoneyBody(BaseModel):
    """Money for or from a prepaid balance, in the programme's currency."""

    model_config = STRICT

    amount_minor: int = Field(ge=1, le=MAX_MINOR)


class PaymentBody(BaseModel):
    """A payment from a prepaid balance to be returned whole, named by the Idempotency-Key it was made with."""

    model_config = STRICT

    payment: str = Field(min_length=1, max_length=200)
