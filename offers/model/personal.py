"""Templates of personal offers: what may be given to whom, in which levels, within which fences."""

from dataclasses import dataclass, field
from typing import Literal

from offers.model.benefit import AccrualTimes, Benefit, Gift, Percent
from offers.model.budget import Period
from offers.model.condition import AllOf, Condition
from offers.model.goods import EVERYTHING, Goods
from offers.model.ids import OfferId, ProgrammeId
from offers.model.offer import Lane, Limits, Offer, OfferState, Reach, offer_id
from offers.model.programme import BASIS_POINTS, LocalText, Terms

MAX_TEMPLATES = 100
"""Of one programme, archived ones included."""
MAX_LEVELS = 8
MAX_LIVE_DAYS = 180
PERSONAL = "personal:"
"""How the campaigns of personal offers begin: `personal:win-back`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PercentLevels:
    """So much off; with `favourite`, off what the member likes best of `goods`' categories."""

    rates_bp: tuple[int, ...]
    goods: Goods = EVERYTHING
    favourite: bool = False
    kind: Literal["percent"] = "percent"


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsLevels:
    """So many times the points: 20 000 is twice."""

    times_bp: tuple[int, ...]
    goods: Goods = EVERYTHING
    favourite: bool = False
    kind: Literal["accrual_times"] = "accrual_times"


@dataclass(frozen=True, slots=True, kw_only=True)
class GiftLevel:
    """A gift, of one level; `value_minor` is what it costs the merchant at its price."""

    sku: str
    value_minor: int
    quantity: int = 1
    favourite: bool = False
    kind: Literal["gift"] = "gift"


Levels = PercentLevels | PointsLevels | GiftLevel


@dataclass(frozen=True, slots=True, kw_only=True)
class Guardrails:
    """The fences, all in basis points of the price.

    `margin_bp` is what of a price is margin, and `margin_floor_bp` what of it a discount has to leave. No level is
    deeper than `deepest_bp`, and no two members are further apart than `widest_spread_bp`; nothing counts as 0.
    """

    margin_bp: int
    margin_floor_bp: int = 0
    deepest_bp: int = 3_000
    widest_spread_bp: int = 3_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Automatic:
    """Issue after each night's scores, as long as a run is no larger than the last one a person issued.

    Reach and cost may grow by `most_growth_bp` at most; with less than `least_members` it waits for a person too.
    """

    most_growth_bp: int = 2_500
    least_members: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """One version of a template. `code` names it among the offers of the programme too: its coupons are of that offer.

    `condition` asks for segments, scores and favourites alone. A coupon lives `live_days` and is used `uses` times, for
    at most `cap_minor` each. `budget_minor` is the expected cost of what may be issued in a period. Of the members it
    is for, `holdout_bp` get nothing, always the same ones, and of the others `explore_bp` anything, at random. Whoever
    got a personal offer is left alone for `rest_days`.
    """

    id: OfferId
    programme_id: ProgrammeId
    version: int
    code: str
    title: LocalText
    levels: Levels
    guardrails: Guardrails
    budget_minor: int
    condition: Condition = field(default_factory=AllOf)
    budget_period: Period = Period.MONTH
    live_days: int = 14
    uses: int = 1
    cap_minor: int | None = None
    explore_bp: int = 1_000
    holdout_bp: int = 1_000
    rest_days: int = 30
    excludes: tuple[str, ...] = ()
    funder: str = ""
    automatic: Automatic | None = None
    state: OfferState = OfferState.ACTIVE

    @property
    def campaign(self) -> str:
        return f"{PERSONAL}{self.code}"

    def offer(self) -> Offer | None:
        """Give the offer that its coupons are of; None for a draft and for what was archived.

        What a paused template issued goes on: only nothing new is issued.
        """
        if self.state in {OfferState.DRAFT, OfferState.ARCHIVED}:
            return None
        return Offer(
            id=offer_id(self.programme_id, self.code),
            programme_id=self.programme_id,
            version=self.version,
            code=self.code,
            title=self.title,
            lane=lane_of(self.levels),
            benefit=benefit_at(self.levels, 0, None),
            limits=Limits(cap_minor=self.cap_minor),
            excludes=self.excludes,
            reach=Reach.COUPON,
            may_be_withheld=False,
            funder=self.funder,
        )


def lane_of(levels: Levels) -> Lane:
    return Lane.ACCRUAL if isinstance(levels, PointsLevels) else Lane.COUPON


def count_of(levels: Levels) -> int:
    match levels:
        case PercentLevels(rates_bp=steps) | PointsLevels(times_bp=steps):
            return len(steps)
        case GiftLevel():
            return 1


def sizes_of(levels: Levels) -> tuple[int, ...]:
    """Give each level in its own unit: basis points off, times the points, the gift's value. Names the arms too."""
    match levels:
        case PercentLevels(rates_bp=steps) | PointsLevels(times_bp=steps):
            return steps
        case GiftLevel(value_minor=value):
            return (value,)


def benefit_at(levels: Levels, number: int, category: str | None) -> Benefit:
    """Give the benefit of a level, counted from 0, on a member's favourite category where the template says so."""
    match levels:
        case PercentLevels(rates_bp=rates, goods=goods):
            return Percent(bp=rates[number], goods=_on(goods, category))
        case PointsLevels(times_bp=times, goods=goods):
            return AccrualTimes(times_bp=times[number], goods=_on(goods, category))
        case GiftLevel(sku=sku, quantity=quantity):
            return Gift(sku=sku, quantity=quantity)


def shares_bp(levels: Levels, terms: Terms) -> tuple[int, ...]:
    """Give what each level costs as basis points of the price it is used on; a gift's cost is no share: 0."""
    return tuple(share_bp(benefit_at(levels, number, None), terms) for number in range(count_of(levels)))


def share_bp(benefit: Benefit, terms: Terms) -> int:
    """Give what a personal coupon's benefit costs as basis points of the price; 0 where its cost is no share."""
    match benefit:
        case Percent(bp=rate):
            return rate
        case AccrualTimes(times_bp=times):
            return max(0, times - BASIS_POINTS) * terms.accrual_bp // BASIS_POINTS
        case _:
            return 0


def _on(goods: Goods, category: str | None) -> Goods:
    if category is None:
        return goods
    return Goods(categories=(category,), except_skus=goods.except_skus, except_tags=goods.except_tags)
