"""What is sent about budgets, checked at the edge."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from merchant.checkout.fields import STRICT
from merchant.limits import Name
from offers.model.budget import MAX_CAP, MAX_SLICES, Budget, BudgetId, CountedFor, Measure, Period
from offers.model.ids import ID_LENGTH
from offers.model.programme import Programme
from offers.model.take import Refill

_NOT_YET = datetime.fromtimestamp(0, UTC)

Owner = Annotated[
    str,
    StringConstraints(max_length=120, pattern=r"^(campaign|offer):[^\x00-\x1f\x7f]+$"),
    Field(description="Whose budget: campaign:<name> or offer:<code>"),
]


class BudgetBody(BaseModel):
    """A limit on uses, money (minor units) or points."""

    model_config = STRICT

    owner: Owner
    name: Name
    measure: Measure = Field(strict=False)
    cap: int = Field(ge=0, le=MAX_CAP)
    counted_for: CountedFor = Field(default=CountedFor.ALL, strict=False)
    period: Period = Field(default=Period.NONE, strict=False)
    refill: Refill = Field(default=Refill.FULL_RETURN_ONLY, strict=False, description="What a returned purchase frees")
    slices: int = Field(default=1, ge=1, le=MAX_SLICES, description="16 for what thousands want at once")

    def to_budget(self, programme: Programme) -> Budget:
        """Give the budget this means; its id and birth are the flow's to give."""
        return Budget(
            **dict(self), id=BudgetId(""), programme_id=programme.id, zone=programme.zone, created_at=_NOT_YET
        )


class CapBody(BaseModel):
    """Another cap for a budget in use."""

    model_config = STRICT

    cap: int = Field(ge=0, le=MAX_CAP)


class LeftQuery(BaseModel):
    """For whom to say what is left, where a budget is counted for each member or outlet."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    member: str | None = Field(default=None, min_length=ID_LENGTH, max_length=ID_LENGTH)
    outlet: str | None = Field(default=None, min_length=ID_LENGTH, max_length=ID_LENGTH)


class PageQuery(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    after: str = Field(default="", max_length=ID_LENGTH)
    limit: int = Field(default=50, ge=1, le=100)
