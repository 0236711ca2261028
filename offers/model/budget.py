"""Budgets: a limit on uses, money or points, for whom it is counted, and the escrow slices it is kept in."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from offers.model.ids import ProgrammeId
from offers.model.take import Refill

BudgetId = NewType("BudgetId", str)

MAX_CAP = 10**15
MAX_SLICES = 64


class Measure(StrEnum):
    """What is limited. Money is in the programme's minor units."""

    USES = "uses"
    MONEY = "money"
    POINTS = "points"


class CountedFor(StrEnum):
    """Whether there is one cap for everybody, or one for each outlet or member."""

    ALL = "all"
    OUTLET = "outlet"
    MEMBER = "member"


class Period(StrEnum):
    """When the cap is there anew: by local days of the budget's zone."""

    NONE = "none"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """A limit. `owner` says whose: `campaign:<id>` or `offer:<id>`.

    A pocket is the cap of one outlet or member and one period; it is cut into `slices` documents, so that takes at once
    touch different ones.
    """

    id: BudgetId
    programme_id: ProgrammeId
    owner: str
    name: str
    measure: Measure
    cap: int
    zone: str
    created_at: datetime
    counted_for: CountedFor = CountedFor.ALL
    period: Period = Period.NONE
    refill: Refill = Refill.FULL_RETURN_ONLY
    slices: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """A part of a pocket: `share` of its cap, of which `remaining` is there to be taken."""

    id: str
    budget_id: BudgetId
    pocket: str
    number: int
    share: int
    remaining: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """How much of a budget somebody wants."""

    budget: Budget
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PocketProof:
    """A pocket counted over: whole when the cap is what remains and what is out."""

    budget_id: BudgetId
    pocket: str
    cap: int
    remaining: int
    out: int

    @property
    def is_whole(self) -> bool:
        return self.cap == self.remaining + self.out and self.remaining >= 0
