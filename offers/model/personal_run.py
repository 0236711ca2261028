"""Runs of personal offers: rehearsed first, then issued as rehearsed, and taken back where that is still possible."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from offers.model.coupon import CouponId
from offers.model.ids import MemberId, OfferId, ProgrammeId
from offers.model.programme import LocalText
from offers.model.scores import ScoreRunId

PersonalRunId = NewType("PersonalRunId", str)

VALID_FOR = timedelta(days=1)
"""A dry run may be issued for so long; then members have changed too much."""
MAX_SAMPLE = 12
MAX_GROUPS = 20


class RunState(StrEnum):
    """Where a run stands. `waiting`: made by itself, and a person has to look at it before it is issued."""

    REHEARSED = "rehearsed"
    WAITING = "waiting"
    ISSUING = "issuing"
    ISSUED = "issued"
    UNDOING = "undoing"
    UNDONE = "undone"


class LeftOut(StrEnum):
    """Why a member of the programme was not decided about."""

    NO_SCORES = "no_scores"
    NOT_FOR_THEM = "not_for_them"
    TOO_SOON = "too_soon"
    NO_FAVOURITE = "no_favourite"
    GONE = "gone"


class Skipped(StrEnum):
    """Why a member who was decided about got nothing when the run was issued."""

    GONE = "gone"
    TOO_SOON = "too_soon"
    BUDGET = "budget"


class Policy(StrEnum):
    """How it was decided: by learned uplift, or by the rule for when too little is known."""

    LEARNED = "learned"
    RULE = "rule"


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelReach:
    """One level: how many get it, and what that should cost. `size` is in the level's own unit, 0 for nothing."""

    size: int
    members: int
    cost_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSpread:
    """How much more discount a group gets than everyone else, in basis points with a 95 % interval."""

    group: str
    gap_bp: int
    low_bp: int
    high_bp: int
    is_wide: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampled:
    """One member as an example: the level and its one-line reason, for staff."""

    member_id: MemberId
    size: int
    reason: LocalText


@dataclass(frozen=True, slots=True, kw_only=True)
class UseExpected:
    """On how many of their occasions, in basis points, coupons are expected to be used, and what a budget reckons with.

    `coupons` is of how many that was learned, `own_coupons` how many of them are of the template itself.
    """

    share_bp: int
    reckoned_bp: int
    coupons: int
    own_coupons: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """What a dry run found. Money is in minor units, and expected while the offers live.

    `cost_minor` is what the budget reckons with, `expected_minor` what is expected (None: the same); they differ where
    `use` is told. Where it is None, everybody is taken to use a coupon on every occasion. `reach` has nothing first.
    `margin_minor` is the incremental margin beyond the cost: low, middle and high of a 95 % interval; where too little
    is known, the middle and the high are None and the low is what it costs if nobody buys anything more.
    `break_even_centi` is how many extra purchases of a hundred members would pay for it, in hundredths.
    `detectable_bp` is the smallest change in purchases, in basis points of what is usual, that the holdout would
    notice in four of five cases; None where nobody is held out.
    """

    policy: Policy
    decided: int
    reach: tuple[LevelReach, ...]
    held_out: int
    drawn: int
    left_out: Mapping[LeftOut, int]
    budget_left_minor: int
    cost_minor: int
    margin_minor: tuple[int, int | None, int | None]
    break_even_centi: int
    detectable_bp: int | None
    mean_bp: int
    groups: tuple[GroupSpread, ...] = ()
    sample: tuple[Sampled, ...] = ()
    expected_minor: int | None = None
    use: UseExpected | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalRun:
    """One run of one version of a template on one night's scores.

    `waits_for` says why a run made by itself waits for a person. `after` is the last member that was dealt with while
    issuing, or taking back; `issued`, `skipped` and `taken_back` count what was done.
    """

    id: PersonalRunId
    programme_id: ProgrammeId
    template: str
    version: int
    scores: ScoreRunId
    at: datetime
    staff_id: str
    rehearsal: Rehearsal
    state: RunState = RunState.REHEARSED
    waits_for: str = ""
    after: MemberId = MemberId("")  # noqa: RUF009 - a constant
    looked_at: int = 0
    issued: int = 0
    committed_minor: int = 0
    skipped: Mapping[Skipped, int] = field(default_factory=dict)
    taken_back: int = 0
    used: int = 0
    began_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """What was decided for one member: `option` 0 is nothing, the others are the template's levels.

    `chances` are those of all options. `cost_minor` is expected. `issued_at` is when it was carried out, for those who
    get nothing too; `coupon_id` what came of it.
    """

    run_id: PersonalRunId
    programme_id: ProgrammeId
    template_id: OfferId
    member_id: MemberId
    option: int
    chances: tuple[float, ...]
    is_explored: bool
    is_held_out: bool
    cost_minor: int
    category: str | None
    reason: LocalText | None
    forget_at: datetime
    issued_at: datetime | None = None
    coupon_id: CouponId | None = None

    @property
    def key(self) -> str:
        return pick_key(self.run_id, self.member_id)


def pick_key(run_id: PersonalRunId, member_id: MemberId) -> str:
    """Name what a run decided for a member."""
    return f"{run_id}:{member_id}"
