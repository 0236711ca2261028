"""What stands on a card's face, in no wallet's words: fields with typed values, ready for any of them to write out."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from offers.model.design import Bound, Place
from offers.model.programme import LocalText


class Shape(StrEnum):
    """How a value is to be written."""

    TEXT = "text"
    COUNT = "count"
    PERCENT = "percent"
    MONEY = "money"
    DAY = "day"
    STAMPS = "stamps"


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceValue:
    """A value and how to write it.

    TEXT has `text`; COUNT a number; PERCENT basis points; MONEY minor units of `currency`; DAY an instant and the zone
    whose day it is; STAMPS `number` of `of`.
    """

    shape: Shape
    text: LocalText | None = None
    number: int = 0
    of: int = 0
    currency: str = ""
    at: datetime | None = None
    zone: str = "UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceField:
    """One field as shown. `label` None: the usual name of the binding. `announces`: a change of it is told aloud."""

    key: str
    place: Place
    bound: Bound
    label: LocalText | None
    value: FaceValue
    announces: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceCoupon:
    """The coupon a card is about. `until` is when what may be used now ends, `again_at` when it may be used anew."""

    coupon_id: str
    title: LocalText
    uses_left: int
    uses_of: int
    until: datetime | None
    again_at: datetime | None
    is_over: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceStamps:
    title: LocalText
    collected: int
    needed: int
