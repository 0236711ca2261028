"""What the log of exposures teaches tonight: uplift beside each member's scores, each campaign's lesson in figures."""

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from offers.model.scores import WHOLE_CHANCE_BP, CampaignLesson, PolicyWorth
from scoring.exposures.learning import Lesson, Worth
from scoring.exposures.log import read_log
from scoring.exposures.tonight import UPLIFT, lessons_of, teach
from scoring.history.visits import day_number
from scoring.measurement.off_policy import PolicyValue
from scoring.partitions.known import Known
from scoring.partitions.machines import Machines


@dataclass(frozen=True, slots=True, kw_only=True)
class Taught:
    """`scores` with a column `uplift` (a list of campaign, arm, effect and error), and what each campaign taught.

    `digest` names the log that was learned from; empty where there was none.
    """

    scores: pl.DataFrame
    lessons: tuple[CampaignLesson, ...]
    digest: str


def taught_by(
    known: Known, log: Path | None, scores: pl.DataFrame, *, as_of: date, zone: str, seed: int, machines: Machines
) -> Taught:
    """Learn from the log, where there is one, and put each member's uplift beside their scores.

    Raises what `read_log` raises; too little to learn from is a lesson with a reason.
    """
    nothing = pl.DataFrame(schema={"member_id": pl.String, "uplift": UPLIFT})
    if log is None:
        return Taught(scores=_beside(scores, nothing), lessons=(), digest="")
    exposures = read_log(log, as_of=as_of, zone=zone)
    day = day_number(as_of)
    lessons = lessons_of(known, exposures, as_of_day=day, seed=seed, machines=machines, watch=lambda *_: None)
    members = teach(known, lessons, as_of_day=day)
    rows = exposures.sort("campaign", "occurrence", "member_id").write_csv(include_header=False)
    return Taught(
        scores=_beside(scores, members),
        lessons=tuple(_told(each) for each in lessons),
        digest=hashlib.sha256(rows.encode()).hexdigest()[:12] if exposures.height else "",
    )


def _beside(scores: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """Join uplift to scores, whatever kind of ids the history has."""
    ids = scores.with_columns(key=pl.col("member_id").cast(pl.String))
    return ids.join(members.rename({"member_id": "key"}), on="key", how="left", maintain_order="left").drop("key")


def _told(lesson: Lesson) -> CampaignLesson:
    return CampaignLesson(
        campaign=lesson.campaign,
        exposures=lesson.exposures,
        outcomes=lesson.outcomes,
        needed=lesson.needed,
        reason=lesson.reason,
        learner=lesson.model.learner if lesson.model else "",
        is_later=lesson.is_later,
        worth=tuple(_worth(each) for each in lesson.worth),
    )


def _worth(worth: Worth) -> PolicyWorth:
    return PolicyWorth(
        policy=worth.policy,
        bought_bp=_interval(worth.bought, WHOLE_CHANCE_BP),
        spend_minor=_interval(worth.spend, 1),
        margin_minor=_interval(worth.margin, 1) if worth.margin else None,
        is_sure=worth.bought.trustworthy,
    )


def _interval(value: PolicyValue, unit: int) -> tuple[int, int, int]:
    """Give low, middle and high; where no draw agreed with the policy nothing is known, and all are 0."""
    if not value.effective_members:
        return 0, 0, 0
    return round(value.low * unit), round(value.value * unit), round(value.high * unit)
