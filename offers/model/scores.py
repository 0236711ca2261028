"""Scores: a model's numbers for every member, published all at once by a run with a version and a cutoff."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import NewType, TypedDict

from offers.model.computed_segments import CLUSTER, RFM, SegmentTold
from offers.model.coupon_lesson import CouponLesson
from offers.model.ids import MemberId, ProgrammeId

ScoreRunId = NewType("ScoreRunId", str)

WHOLE_CHANCE_BP = 10_000


class ScoreName(StrEnum):
    """What conditions may ask about. Units: basis points; hundredths of a purchase; minor units."""

    BUYS_AGAIN = "buys_again"
    PURCHASES = "purchases"
    SPEND = "spend"


class ReasonKind(StrEnum):
    """What weighed most in a member's chance of buying again."""

    SILENT = "silent"
    RECENT = "recent"
    OVERDUE = "overdue"
    ON_TIME = "on_time"
    FREQUENT = "frequent"
    RARE = "rare"
    SPENDS_MORE = "spends_more"
    SPENDS_LESS = "spends_less"
    NEW = "new"
    LONG_KNOWN = "long_known"
    SAME_SEASON = "same_season"
    OTHER_SEASON = "other_season"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreReason:
    """One reason: what it is, and the number a person can check (days, purchases or minor units)."""

    kind: ReasonKind
    value: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Favourite:
    """A category and how likely it is in the next basket; `is_discovery`: not bought for half a year, or never."""

    category: str
    chance_bp: int
    is_discovery: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmUplift:
    """How much an arm of a campaign changes the chance of a purchase within its horizon, and the standard error.

    `campaign` and `arm` are those of exposures; both numbers are in basis points of a chance.
    """

    campaign: str
    arm: str
    effect_bp: int
    error_bp: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyWorth:
    """What a policy is worth by later draws: who buys (basis points) and money per member, each with its 95 % interval.

    `is_sure` is false where too few draws agree with the policy to believe the intervals. `margin_minor` is what is
    kept of the money after the discounts really given; None where costs are not known.
    """

    policy: str
    bought_bp: tuple[int, int, int]
    spend_minor: tuple[int, int, int]
    is_sure: bool
    margin_minor: tuple[int, int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignLesson:
    """What a night learned from a campaign's exposures. `reason` is empty, or the code of what keeps it from learning.

    `outcomes` are the randomised ones, of which `needed` have to be there. `learner` is the one that was kept; with
    `is_later` it was chosen on later draws, else on draws left out at random.
    """

    campaign: str
    exposures: int
    outcomes: int
    needed: int
    reason: str = ""
    learner: str = ""
    is_later: bool = False
    worth: tuple[PolicyWorth, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberScores:
    """One member's scores of one run. `segment` is the named one, `cluster` a number that keeps its name by night.

    `uses_coupon_bp` is on how many of a usual coupon's occasions they are expected to use it; None: nothing is known.
    """

    run_id: ScoreRunId
    member_id: MemberId
    programme_id: ProgrammeId
    buys_again_bp: int
    purchases_centi: int
    spend_minor: int
    segment: str
    cluster: int | None = None
    daypart: str | None = None
    favourites: tuple[Favourite, ...] = ()
    reasons: tuple[ScoreReason, ...] = ()
    uplift: tuple[ArmUplift, ...] = ()
    uses_coupon_bp: int | None = None

    def value(self, name: ScoreName) -> int:
        """Give one score in its own unit."""
        match name:
            case ScoreName.BUYS_AGAIN:
                return self.buys_again_bp
            case ScoreName.PURCHASES:
                return self.purchases_centi
            case ScoreName.SPEND:
                return self.spend_minor

    @property
    def segments(self) -> frozenset[str]:
        """Name the computed segments as conditions know them."""
        named = {f"{RFM}{self.segment}"}
        return frozenset(named if self.cluster is None else {*named, f"{CLUSTER}{self.cluster}"})


class PlainScores(TypedDict):
    """A row of MemberScores in plain values, as a night writes millions of them: field by field the same."""

    run_id: ScoreRunId
    member_id: MemberId
    programme_id: ProgrammeId
    buys_again_bp: int
    purchases_centi: int
    spend_minor: int
    segment: str
    cluster: int | None
    daypart: str | None
    favourites: list[dict[str, object]]
    reasons: list[dict[str, object]]
    uplift: list[dict[str, object]]
    uses_coupon_bp: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRun:
    """One run: which model, up to which local day, looking so many days ahead, on which data, how good.

    `id` is a pure function of what it was made from, so that a run begun again goes on. `quality` are figures on the
    last window that could be checked; `retrain` says why the model should be looked at, `no` when nothing speaks for
    it. `version` names the trained model that spoke; `training` why it was learned that night, `kept` when it was
    learned before. `lessons` are what campaigns taught, `coupons` what those whose life was over did; None: none was.
    `segments` has the nine named ones, then the clusters.
    """

    id: ScoreRunId
    programme_id: ProgrammeId
    as_of: date
    horizon_days: int
    model: str
    fingerprint: str
    members: int
    made_at: datetime
    quality: dict[str, float] = field(default_factory=dict)
    retrain: str = "no"
    version: str = ""
    training: str = ""
    lessons: tuple[CampaignLesson, ...] = ()
    coupons: CouponLesson | None = None
    segments: tuple[SegmentTold, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedScores:
    """Which run speaks for a programme now, and which one did before."""

    programme_id: ProgrammeId
    run_id: ScoreRunId
    published_at: datetime
    before: ScoreRunId | None = None
