"""What the log of exposures teaches tonight: each campaign's lesson, in figures too, and by it everybody's uplift."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from offers.model.scores import WHOLE_CHANCE_BP, CampaignLesson, PolicyWorth
from scoring.exposures.learning import Lesson, Worth
from scoring.exposures.log import read_log
from scoring.exposures.tonight import UPLIFT, lessons_of, teach
from scoring.history.visits import day_number
from scoring.latest import digest_of
from scoring.measurement.off_policy import PolicyValue
from scoring.partitions.known import Known
from scoring.partitions.machines import Machines


@dataclass(frozen=True, slots=True, kw_only=True)
class Taught:
    """What each campaign taught; `digest` names the log that was learned from, empty where there was none."""

    lessons: tuple[Lesson, ...]
    as_of_day: int
    digest: str

    @property
    def figures(self) -> tuple[CampaignLesson, ...]:
        return tuple(_told(each) for each in self.lessons)

    def beside(self, scores: pl.DataFrame, known: Known, part: int) -> pl.DataFrame:
        """Put uplift (a list of campaign, arm, effect and error) beside the scores of a part's members."""
        if all(each.model is None for each in self.lessons):
            return scores.with_columns(uplift=pl.lit(None, dtype=UPLIFT))
        members, visits = known.take("members", part), known.take("visits", part)
        uplift = teach(members, visits, self.lessons, as_of_day=self.as_of_day)
        return scores.join(uplift, on="member_id", how="left", maintain_order="left")


def taught_by(known: Known, log: Path | None, *, as_of: date, zone: str, seed: int, machines: Machines) -> Taught:
    """Learn from the log, where there is one. Raises what `read_log` raises; too little is a lesson with a reason."""
    day = day_number(as_of)
    if log is None:
        return Taught(lessons=(), as_of_day=day, digest="")
    exposures = read_log(log, as_of=as_of, zone=zone)
    lessons = lessons_of(known, exposures, as_of_day=day, seed=seed, machines=machines, watch=lambda *_: None)
    rows = exposures.sort("campaign", "occurrence", "member_id")
    return Taught(lessons=lessons, as_of_day=day, digest=digest_of(rows))


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
