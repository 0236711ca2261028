"""What the APIs of vouchers, coupons and budgets share: fields, who uses something, and instants as text."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints, ValidationInfo

from merchant.checkout.fields import STRICT
from offers.engine.card_codes import MAX_CODE_LENGTH
from offers.model.take import Take

NO_CONTROLS = r"^[^\x00-\x1f\x7f]+$"
Name = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=NO_CONTROLS)]
Reference = Annotated[
    Name,
    Field(description="The till's own number of what it does: the same number again changes nothing"),
]
ScannedCard = Annotated[
    str, Field(min_length=1, max_length=MAX_CODE_LENGTH, description="The text of the scanned code")
]


class ReturnBody(BaseModel):
    """A use to give back."""

    model_config = STRICT

    reference: Reference


def after_start(until: datetime | None, info: ValidationInfo) -> datetime | None:
    """Check that something ends after it began; for a field that stands behind `valid_from`."""
    start = info.data.get("valid_from")
    if until is not None and start is not None and until <= start:
        message = "has to be later than valid_from"
        raise ValueError(message)
    return until


def instant(at: datetime | None) -> str | None:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z") if at else None


def use_answer(take: Take) -> dict[str, str | None]:
    """What a till is told of a use."""
    return {"state": take.state.value, "occurrence": take.pocket, "at": instant(take.settled_at)}
