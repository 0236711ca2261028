"""Discounts that follow a member's activity: bands, how fast a discount may move, and why it is what it is."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

MAX_BANDS = 10


class ActivityMeasure(StrEnum):
    """What is counted: purchases or money of the last days, or what the night's scores expect.

    No protected trait is among them, and none can be added by a text.
    """

    VISITS = "visits"
    SPEND = "spend"
    BUYS_AGAIN = "buys_again"
    EXPECTED_SPEND = "expected_spend"


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """From so much activity on, so much discount. Visits are counted, money is in minor units, chances basis points."""

    at_least: int
    discount_bp: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityRules:
    """Bands in ascending order, and how a discount moves between them.

    It moves by at most `step_bp` at once and then rests for `rest_days`; it falls only when the activity is `slack`
    below what its band asks for. So it neither jumps nor flaps. `days` are those that visits and spend are counted in.
    """

    measure: ActivityMeasure
    bands: tuple[Band, ...]
    days: int = 30
    slack: int = 0
    step_bp: int = 500
    rest_days: int = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """Why a member's discount is what it is: what was counted when it last changed, and when that was."""

    measure: ActivityMeasure
    value: int
    days: int
    since: datetime
