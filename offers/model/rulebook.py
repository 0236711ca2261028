"""The rulebook: everything that decides the price of a purchase and is the same for every member."""

from dataclasses import dataclass, field
from enum import StrEnum

from offers.model.goods import EVERYTHING, Goods, GoodsTag
from offers.model.ids import ProgrammeId
from offers.model.offer import Lane, Offer
from offers.model.programme import BASIS_POINTS, Terms


class Mode(StrEnum):
    """Which eligible offers of a group are applied: all, or the one that wins."""

    ALL = "all"
    BEST_FOR_CUSTOMER = "best_for_customer"
    FIRST_BY_PRIORITY = "first_by_priority"
    BEST_FOR_MERCHANT = "best_for_merchant"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferGroup:
    """Offers of a lane that compete. Groups are applied by rank, then name; one that is not declared is best-of."""

    lane: Lane
    name: str
    mode: Mode = Mode.BEST_FOR_CUSTOMER
    rank: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """No discount brings these goods below a share of their full price, nor below an amount for each unit."""

    goods: Goods = EVERYTHING
    share_bp: int = 0
    unit_minor: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Guards:
    """What holds after every lane. The `…_excludes` are tags of lines that levels, points or accrual leave alone."""

    floors: tuple[Floor, ...] = ()
    max_discount_bp: int = BASIS_POINTS
    max_points_bp: int = BASIS_POINTS
    level_excludes: tuple[str, ...] = ()
    points_excludes: tuple[str, ...] = ()
    accrual_excludes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """One version of each offer, in any order."""

    programme_id: ProgrammeId
    currency: str
    terms: Terms
    offers: tuple[Offer, ...] = ()
    groups: tuple[OfferGroup, ...] = ()
    goods_tags: tuple[GoodsTag, ...] = ()
    guards: Guards = field(default_factory=Guards)
