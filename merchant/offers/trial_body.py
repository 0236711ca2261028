"""Trials as text: a basket, an instant, and what is known of the member, plainly or by their card."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from merchant.checkout.fields import MAX_COUPON_CODES
from merchant.offers.scores_body import ScoresBody
from merchant.offers.words import MAX_POINTS, STRICT, Price, Quantity, Slug, Word, Words
from offers.engine.card_codes import MAX_CODE_LENGTH, read_scan_code
from offers.engine.rotating_codes import is_rotating, read_rotating_text
from offers.flows.try_offers import Trial
from offers.model.condition import CodeKind, SalesChannel
from offers.model.decision import Basket
from offers.model.facts import Facts, ShownCode
from offers.model.held_level import HeldLevel
from offers.model.ids import CardId, OfferId, OutletId, ProgrammeId
from offers.model.member import Birthday
from offers.model.offer import offer_id
from offers.model.programme import Programme
from offers.model.purchase import MAX_LINES, Line
from offers.model.rules import Rules

TRIED = "tried"
"""What a code is called that nobody really showed."""
MAX_NAMED = 200


def _as_text(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


class TrialLineBody(BaseModel):
    """One line of the basket."""

    model_config = STRICT

    sku: Word
    category: Word
    quantity: Annotated[Quantity, BeforeValidator(_as_text)] = Decimal(1)
    unit_price_minor: Price

    def to_noun(self) -> Line:
        return Line(**dict(self))


class ShownBody(BaseModel):
    """A coupon or voucher code taken for shown: of which offer."""

    model_config = STRICT

    offer: Slug
    kind: CodeKind = CodeKind.COUPON


class BirthdayDateBody(BaseModel):
    model_config = STRICT

    month: int = Field(ge=1, le=12)
    day: int = Field(ge=1, le=31)


class FactsBody(BaseModel):
    """What is known of the member, each counted before this purchase; without any of it, a member who is new."""

    model_config = STRICT

    points: int = Field(default=0, ge=0, le=MAX_POINTS)
    spend_minor: Price = 0
    purchases: int = Field(default=0, ge=0, le=MAX_POINTS)
    birthday: BirthdayDateBody | None = None
    segments: Words = []
    level: Word | None = Field(default=None, description="The key of the discount level held")
    stamps: dict[Slug, Annotated[int, Field(ge=0, le=MAX_POINTS)]] = Field(default={}, max_length=MAX_NAMED)
    held_out: Words = Field(default=[], description="Codes of offers a holdout keeps from the member")
    channel: SalesChannel = SalesChannel.TILL
    scores: ScoresBody | None = Field(default=None, description="What the night shift would say of the member")

    def to_noun(
        self,
        programme_id: ProgrammeId,
        *,
        outlet: str,
        zone: str,
        at: datetime,
        codes: Mapping[OfferId, ShownCode] = MappingProxyType({}),
    ) -> Facts:
        return Facts(
            outlet_id=OutletId(outlet),
            zone=zone,
            channel=self.channel,
            points_available=self.points,
            spend_minor=self.spend_minor,
            purchases=self.purchases,
            birthday=Birthday(month=self.birthday.month, day=self.birthday.day) if self.birthday else None,
            segments=frozenset(self.segments) | (self.scores.segments() if self.scores else frozenset()),
            held_level=HeldLevel(level=self.level, since=at, safe_until=None) if self.level else None,
            codes=codes,
            stamps={offer_id(programme_id, code): count for code, count in self.stamps.items()},
            held_out=frozenset(offer_id(programme_id, code) for code in self.held_out),
            scores=self.scores.to_noun(programme_id) if self.scores else None,
        )


NOTHING_KNOWN = FactsBody()


class BasketBody(BaseModel):
    """What is bought, when and where. An instant without an offset is local time."""

    model_config = STRICT

    lines: list[TrialLineBody] = Field(min_length=1, max_length=MAX_LINES)
    points_to_redeem: int = Field(default=0, ge=0, le=MAX_POINTS)
    codes: list[ShownBody] = Field(default=[], max_length=MAX_COUPON_CODES)
    outlet: Word | None = None
    facts: FactsBody = NOTHING_KNOWN
    at: Annotated[datetime, Field(description="2026-03-08T10:30, or with an offset")] | None = None

    def instant(self, zone: str, otherwise: datetime) -> datetime:
        if self.at is None:
            return otherwise
        return self.at if self.at.tzinfo else self.at.replace(tzinfo=ZoneInfo(zone))

    def basket(self, currency: str) -> Basket:
        lines = tuple(line.to_noun() for line in self.lines)
        return Basket(lines=lines, currency=currency, points_to_redeem=self.points_to_redeem)

    def shown(self, programme_id: ProgrammeId) -> dict[OfferId, ShownCode]:
        return {offer_id(programme_id, code.offer): ShownCode(kind=code.kind, reference=TRIED) for code in self.codes}


class TrialBody(BasketBody):
    """What would happen: with a member's scanned card or with plain facts, by the rules there are or by others."""

    card: str | None = Field(default=None, min_length=1, max_length=MAX_CODE_LENGTH)
    rulebook: dict[str, Any] | str | None = Field(default=None, description="As JSON, or as a text in YAML")

    @model_validator(mode="after")
    def _knows_in_one_way(self) -> "TrialBody":
        if self.card is not None and self.facts != NOTHING_KNOWN:
            raise PydanticCustomError("exactly_one", "exactly one of: {names}", {"names": "card, facts"})
        return self

    def to_trial(self, programme: Programme, rules: Rules | None, *, code_key: bytes, now: datetime) -> Trial:
        """Give the trial this body means. Raises MalformedCode, ForgedCode."""
        at = self.instant(programme.zone, now)
        return Trial(
            basket=self.basket(programme.currency),
            facts=self.facts.to_noun(programme.id, outlet="", zone=programme.zone, at=at),
            card_id=_named(self.card, code_key) if self.card else None,
            outlet=self.outlet,
            at=at,
            codes=self.shown(programme.id),
            rules=rules,
        )


def _named(text: str, code_key: bytes) -> CardId:
    """Give the card a code names. An operator tries a basket with any card: a rotating code has nothing to prove."""
    return read_rotating_text(text).card_id if is_rotating(text) else read_scan_code(text, code_key)
