"""What is sent to enrol somebody, and asked about sources, checked at the edge."""

from pydantic import BaseModel, Field, ValidationInfo, field_validator

from merchant.checkout.fields import STRICT, Instant
from offers.model.programme import Language

MAX_PHONE = 40


class EnrolBody(BaseModel):
    """Whom a card is offered to. Nobody is a member before they agreed on the page that the link opens."""

    model_config = STRICT

    phone: str | None = Field(default=None, min_length=1, max_length=MAX_PHONE, description="As people write it")
    language: Language | None = Field(default=None, description="Of the message; without, the programme's own")
    send: bool = Field(default=False, description="Send the link to the phone as a text message, too")

    @field_validator("send")
    @classmethod
    def _has_where_to(cls, send: bool, info: ValidationInfo) -> bool:  # noqa: FBT001 -- pydantic's own signature
        if send and info.data.get("phone") is None:
            message = "needs a phone to send to"
            raise ValueError(message)
        return send


class SourcesQuery(BaseModel):
    """Members who joined from `since` until before `until`; without, all of them."""

    model_config = {"extra": "forbid", "frozen": True}

    since: Instant | None = None
    until: Instant | None = None
