"""Cases: what an offers file has to do, as text, and whether it does. No programme and no database is needed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, Field

from merchant.offers.trial_body import BasketBody
from merchant.offers.words import STRICT, Price, Share, Slug, Words
from offers.engine.decide import decide
from offers.engine.ready_rulebook import ReadyRulebook, make_ready
from offers.model.decision import Decision
from offers.model.errors import OfferError
from offers.model.ids import ProgrammeId
from offers.model.offer import code_of
from offers.model.programme import DiscountLevel, LocalText, Programme, Terms
from offers.model.rules import Rules

MAX_CASES = 1_000
MAX_LEVELS = 20
_A_WEDNESDAY_NOON = datetime(2026, 3, 11, 9, tzinfo=UTC)


def _known_zone(zone: str) -> str:
    if zone not in available_timezones():
        raise ValueError("this is no time zone, such as Europe/Moscow")
    return zone


class LevelBody(BaseModel):
    """A discount level, by the key that offers name it by."""

    model_config = STRICT

    key: str = Field(min_length=1, max_length=64)
    spend_threshold_minor: Price
    discount_bp: Share
    accrual_bp: Share | None = None

    def to_noun(self) -> DiscountLevel:
        return DiscountLevel(
            name=LocalText(ru=self.key, en=self.key),
            spend_threshold_minor=self.spend_threshold_minor,
            discount_bp=self.discount_bp,
            slug=self.key,
            accrual_bp=self.accrual_bp,
        )


class TermsBody(BaseModel):
    """What the programme promises besides its offers."""

    model_config = STRICT

    accrual_bp: Share = Terms().accrual_bp
    point_value_minor: int = Field(default=Terms().point_value_minor, ge=1, le=1_000_000)
    redemption_limit_bp: Share = Terms().redemption_limit_bp
    levels: list[LevelBody] = Field(default=[], max_length=MAX_LEVELS)

    def to_noun(self) -> Terms:
        levels = sorted((level.to_noun() for level in self.levels), key=lambda level: level.spend_threshold_minor)
        return Terms(
            accrual_bp=self.accrual_bp,
            point_value_minor=self.point_value_minor,
            redemption_limit_bp=self.redemption_limit_bp,
            levels=tuple(levels),
        )


class ExpectBody(BaseModel):
    """What has to come out; what is not named may be anything. `offers` are the codes of all that are applied."""

    model_config = STRICT

    payable_minor: Price | None = None
    discount_minor: Price | None = None
    points: Annotated[int, Field(ge=0)] | None = None
    offers: Words | None = None
    refused: Slug | None = Field(default=None, description="The code of the refusal: not_enough_points")


class CaseBody(BasketBody):
    """One case: a basket, an instant, facts, and what is expected."""

    name: str = Field(min_length=1, max_length=200)
    expect: ExpectBody


_PLAIN_TERMS = TermsBody()


class CasesBody(BaseModel):
    """Everything a file of cases says."""

    model_config = STRICT

    currency: str = Field(default="RUB", pattern=r"^[A-Z]{3}$")
    zone: Annotated[str, AfterValidator(_known_zone)] = "Europe/Moscow"
    terms: TermsBody = _PLAIN_TERMS
    cases: list[CaseBody] = Field(min_length=1, max_length=MAX_CASES)

    def programme(self) -> Programme:
        nameless = LocalText(ru="", en="")
        return Programme(
            id=ProgrammeId(""),
            slug="",
            name=nameless,
            currency=self.currency,
            zone=self.zone,
            terms=self.terms.to_noun(),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """One thing that came out otherwise; written as JSON has it."""

    field: str
    expected: object
    found: object


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A case and what became of it; without misses it holds. `decision` is None when the purchase was refused."""

    name: str
    misses: tuple[Miss, ...]
    decision: Decision | None


def judge(body: CasesBody, rules: Rules) -> Iterator[Judged]:
    """Decide every case by the rules, for whatever programme they were read, in the order of the text."""
    ready = make_ready(rules.rulebook(body.programme()))
    return (_judged(case, body, ready, rules.programme_id) for case in body.cases)


def _judged(case: CaseBody, body: CasesBody, ready: ReadyRulebook, programme_id: ProgrammeId) -> Judged:
    at = case.instant(body.zone, _A_WEDNESDAY_NOON)
    facts = case.facts.to_noun(
        programme_id, outlet=case.outlet or "", zone=body.zone, at=at, codes=case.shown(programme_id)
    )
    try:
        decision = decide(ready, facts, case.basket(body.currency), at)
    except OfferError as refusal:
        return Judged(name=case.name, misses=_misses(case.expect, {"refused": refusal.code}), decision=None)
    found = {
        "payable_minor": decision.payable_minor,
        "discount_minor": decision.discount_minor,
        "points": decision.points_accrued,
        "offers": sorted(code_of(offer.offer_id) for offer in decision.offers),
    }
    return Judged(name=case.name, misses=_misses(case.expect, found), decision=decision)


def _misses(expect: ExpectBody, found: dict[str, object]) -> tuple[Miss, ...]:
    wanted = {name: value for name, value in expect if value is not None}
    if "offers" in wanted:
        wanted["offers"] = sorted(wanted["offers"])
    names = wanted.keys() | ({"refused"} & found.keys())
    return tuple(
        Miss(field=name, expected=wanted.get(name), found=found.get(name))
        for name in sorted(names)
        if wanted.get(name) != found.get(name)
    )
