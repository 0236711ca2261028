"""What is sent about voucher codes, checked at the edge."""

from pydantic import BaseModel, Field, field_validator

from merchant.checkout.fields import STRICT, Instant, in_milliseconds
from merchant.limits import Name, Reference, ScannedCard, after_start
from offers.flows.make_codes import MAX_AT_ONCE, BatchWish
from offers.model.ids import ProgrammeId
from offers.model.take import Refill
from offers.model.voucher import MAX_CODE_INPUT, MAX_USES_PER_CODE


class BatchBody(BaseModel):
    """A small batch of codes; large ones are made by `tessera codes generate`."""

    model_config = STRICT

    campaign: Name
    offer: Name = Field(description="The offer a code gives")
    count: int = Field(ge=1, le=MAX_AT_ONCE)
    uses_per_code: int = Field(default=1, ge=1, le=MAX_USES_PER_CODE)
    uses_per_member: int | None = Field(default=None, ge=1, le=MAX_USES_PER_CODE)
    valid_from: Instant | None = None
    valid_until: Instant | None = None
    refill: Refill = Field(default=Refill.FULL_RETURN_ONLY, strict=False, description="What a returned purchase frees")

    _ends_after_it_begins = field_validator("valid_until")(after_start)

    def to_wish(self, programme_id: ProgrammeId, request_key: str | None) -> BatchWish:
        return BatchWish(
            programme_id=programme_id,
            campaign=self.campaign,
            offer_id=self.offer,
            asked=self.count,
            uses_per_code=self.uses_per_code,
            uses_per_member=self.uses_per_member,
            valid_from=in_milliseconds(self.valid_from) if self.valid_from else None,
            valid_until=in_milliseconds(self.valid_until) if self.valid_until else None,
            refill=self.refill,
            request_key=request_key,
        )


class RedeemBody(BaseModel):
    """A code somebody typed, or scanned, at a till."""

    model_config = STRICT

    code: str = Field(min_length=1, max_length=MAX_CODE_INPUT)
    reference: Reference
    card: ScannedCard | None = None
    device: Name | None = Field(default=None, description="The device the code was typed on, if it is not the till")
