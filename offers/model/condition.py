"""Conditions of an offer: what must hold for it to be considered. A closed set; `kind` tells them apart when stored."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from offers.model.daypart import Dayparts
from offers.model.goods import EVERYTHING, Goods
from offers.model.ids import OutletId
from offers.model.scores import ScoreName


class SalesChannel(StrEnum):
    """How a purchase reached us."""

    TILL = "till"
    ONLINE = "online"
    OFFLINE = "offline"


class CodeKind(StrEnum):
    """What a member may show to claim an offer."""

    COUPON = "coupon"
    VOUCHER = "voucher"


class LeapDay(StrEnum):
    """When somebody born on 29 February has their birthday in a common year."""

    FEBRUARY_28 = "02-28"
    MARCH_1 = "03-01"


@dataclass(frozen=True, slots=True, kw_only=True)
class AllOf:
    """Every one of them; none at all holds always."""

    conditions: "tuple[Condition, ...]" = ()
    kind: Literal["all_of"] = "all_of"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyOf:
    conditions: "tuple[Condition, ...]"
    kind: Literal["any_of"] = "any_of"


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    condition: "Condition"
    kind: Literal["not"] = "not"


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsBought:
    """At least so much of these goods is in the basket."""

    goods: Goods
    quantity: Decimal = Decimal(0)
    kind: Literal["goods"] = "goods"


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountReached:
    """These goods cost at least (and at most) so much, before any discount."""

    at_least_minor: int = 0
    at_most_minor: int | None = None
    goods: Goods = EVERYTHING
    kind: Literal["amount"] = "amount"


@dataclass(frozen=True, slots=True, kw_only=True)
class AtOutlet:
    outlets: tuple[OutletId, ...]
    kind: Literal["outlet"] = "outlet"


@dataclass(frozen=True, slots=True, kw_only=True)
class DuringDayparts:
    dayparts: Dayparts
    kind: Literal["daypart"] = "daypart"


@dataclass(frozen=True, slots=True, kw_only=True)
class InSegment:
    """The member is in any of the segments."""

    segments: tuple[str, ...]
    kind: Literal["segment"] = "segment"


@dataclass(frozen=True, slots=True, kw_only=True)
class AtLevel:
    """The member holds any of the discount levels, by their keys."""

    levels: tuple[str, ...]
    kind: Literal["level"] = "level"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreWithin:
    """The member's published score lies between two numbers, both included; without scores it does not hold.

    Units are those of `ScoreName`.
    """

    score: ScoreName
    at_least: int | None = None
    at_most: int | None = None
    kind: Literal["score"] = "score"


@dataclass(frozen=True, slots=True, kw_only=True)
class LikesCategory:
    """Any of the categories is among the member's favourites."""

    categories: tuple[str, ...]
    kind: Literal["likes"] = "likes"


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstPurchase:
    kind: Literal["first_purchase"] = "first_purchase"


@dataclass(frozen=True, slots=True, kw_only=True)
class NthPurchase:
    """The member's nth purchase; with `every`, each nth."""

    nth: int
    every: bool = True
    kind: Literal["nth_purchase"] = "nth_purchase"


@dataclass(frozen=True, slots=True, kw_only=True)
class StampsCollected:
    """So many units of these goods were bought before: each gave a stamp, and a use of the offer takes `needed`."""

    needed: int
    goods: Goods
    kind: Literal["stamps"] = "stamps"


@dataclass(frozen=True, slots=True, kw_only=True)
class NearBirthday:
    """The local date is in [birthday − days_before, birthday + days_after)."""

    days_before: int = 0
    days_after: int = 7
    leap_day: LeapDay = LeapDay.FEBRUARY_28
    kind: Literal["birthday"] = "birthday"


@dataclass(frozen=True, slots=True, kw_only=True)
class CodePresented:
    """A working coupon or voucher code of this very offer was shown, of any of the kinds."""

    by: tuple[CodeKind, ...] = (CodeKind.COUPON, CodeKind.VOUCHER)
    kind: Literal["code"] = "code"


@dataclass(frozen=True, slots=True, kw_only=True)
class BySalesChannel:
    channels: tuple[SalesChannel, ...]
    kind: Literal["channel"] = "channel"


Condition = (
    AllOf
    | AnyOf
    | Not
    | GoodsBought
    | AmountReached
    | AtOutlet
    | DuringDayparts
    | InSegment
    | AtLevel
    | ScoreWithin
    | LikesCategory
    | FirstPurchase
    | NthPurchase
    | StampsCollected
    | NearBirthday
    | CodePresented
    | BySalesChannel
)
