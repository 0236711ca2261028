"""What is sent about coupons, checked at the edge."""

from zoneinfo import available_timezones

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from merchant.checkout.fields import STRICT, Instant, in_milliseconds
from merchant.limits import Name, Reference, ScannedCard, after_start
from offers.flows.grant_coupon import Grant
from offers.model.coupon import MAX_USES, Binding, Every, Recurrence
from offers.model.ids import ID_LENGTH, MemberId
from offers.model.programme import LocalText, Programme

MAX_DAYS = 3_660
WEEK = 7


class TitleBody(BaseModel):
    """What the member reads, in both languages."""

    model_config = STRICT

    ru: str = Field(min_length=1, max_length=100)
    en: str = Field(min_length=1, max_length=100)


class RecurrenceBody(BaseModel):
    """How often a coupon may be used. Without a zone, days are the programme's."""

    model_config = STRICT

    every: Every = Field(default=Every.ONCE, strict=False)
    zone: str | None = Field(default=None, max_length=64, description="IANA name")
    uses_per_period: int = Field(default=1, ge=1, le=MAX_USES)
    days: int = Field(default=30, ge=1, le=MAX_DAYS, description="rolling: days from the first use")
    weekday: int = Field(default=0, ge=0, lt=WEEK, description="weekly: the day it opens, 0 is Monday")
    open_days: int = Field(default=WEEK, ge=1, le=WEEK, description="weekly: how long it stays open")

    @field_validator("zone")
    @classmethod
    def _is_known(cls, zone: str | None) -> str | None:
        if zone is not None and zone not in available_timezones():
            message = "is not a time zone"
            raise ValueError(message)
        return zone

    def to_recurrence(self, programme: Programme) -> Recurrence:
        return Recurrence(**{**dict(self), "zone": self.zone or programme.zone})


class GrantBody(BaseModel):
    """A coupon for one member, or, without one, for whoever brings it."""

    model_config = STRICT

    member: str | None = Field(default=None, min_length=ID_LENGTH, max_length=ID_LENGTH)
    grant_key: Name = Field(description="Names the grant for its member: the same key again grants nothing more")
    offer: Name
    campaign: Name | None = None
    title: TitleBody
    binding: Binding = Field(default=Binding.HARD, strict=False, validate_default=True)
    recurrence: RecurrenceBody = RecurrenceBody()
    valid_from: Instant | None = None
    valid_until: Instant | None = None
    extend_days: int = Field(default=0, ge=0, le=MAX_DAYS, description="What a return after its period gives")
    draft: bool = False

    _ends_after_it_begins = field_validator("valid_until")(after_start)

    @field_validator("binding")
    @classmethod
    def _binds_somebody(cls, binding: Binding, info: ValidationInfo) -> Binding:
        if binding is not Binding.NONE and info.data.get("member", "") is None:
            message = "a coupon for nobody is bound to nobody: none"
            raise ValueError(message)
        return binding

    def to_grant(self, programme: Programme) -> Grant:
        return Grant(
            programme_id=programme.id,
            owner=MemberId(self.member) if self.member else None,
            grant_key=self.grant_key,
            binding=self.binding,
            offer_id=self.offer,
            campaign=self.campaign,
            title=LocalText(ru=self.title.ru, en=self.title.en),
            recurrence=self.recurrence.to_recurrence(programme),
            valid_from=in_milliseconds(self.valid_from) if self.valid_from else None,
            valid_until=in_milliseconds(self.valid_until) if self.valid_until else None,
            extend_days=self.extend_days,
            is_draft=self.draft,
        )


class RedeemBody(BaseModel):
    """A use at a till; a hard bound coupon asks for its owner's card."""

    model_config = STRICT

    reference: Reference
    card: ScannedCard | None = None


class ListQuery(BaseModel):
    """Whose coupons; `before` is the id of the last one seen."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    member: str = Field(min_length=ID_LENGTH, max_length=ID_LENGTH)
    before: str | None = Field(default=None, min_length=ID_LENGTH, max_length=ID_LENGTH)
    limit: int = Field(default=50, ge=1, le=200)
