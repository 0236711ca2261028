"""What a night found, as nouns: the run and, one after another, the rows of its members."""

from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from math import ceil
from typing import Any

from offers.model.ids import MemberId, ProgrammeId
from offers.model.scores import (
    WHOLE_CHANCE_BP,
    ArmUplift,
    Favourite,
    MemberScores,
    ReasonKind,
    ScoreReason,
    ScoreRun,
    ScoreRunId,
)
from scoring.nightly.shift import Night, NightWishes
from scoring.registry import ModelVersion

ROWS_AT_ONCE = 10_000
ALIKE = 100_000
"""Favourites and reasons remembered while rows are made: about 20 MiB."""


def run_of(programme_id: ProgrammeId, night: Night, wishes: NightWishes, *, retrain: str, at: datetime) -> ScoreRun:
    """Give the run; its id is a function of what it was made from: the same night again is the same run."""
    version = ModelVersion(
        model=f"{night.model}@{night.version}+{night.log_digest}",
        cutoff=wishes.as_of,
        horizon_days=wishes.horizon_days,
        seed=wishes.seed,
        fingerprint=night.fingerprint,
        at=at,
        quality=night.quality,
    )
    return ScoreRun(
        id=ScoreRunId(f"{programme_id}-{wishes.as_of:%Y%m%d}-{version.version}"),
        programme_id=programme_id,
        as_of=wishes.as_of,
        horizon_days=wishes.horizon_days,
        model=night.model,
        fingerprint=night.fingerprint,
        members=night.scores.height,
        made_at=at,
        quality=night.quality,
        retrain=retrain,
        version=night.version,
        training=night.training,
        lessons=night.lessons,
    )


def rows_of(run: ScoreRun, night: Night) -> Iterator[MemberScores]:
    """Give the rows in order of member, a few thousand in memory at a time."""
    for start in range(0, night.scores.height, ROWS_AT_ONCE):
        for row in night.scores[start : start + ROWS_AT_ONCE].iter_rows(named=True):
            yield MemberScores(
                run_id=run.id,
                member_id=MemberId(row["member_id"]),
                programme_id=run.programme_id,
                buys_again_bp=round(row["p_active"] * WHOLE_CHANCE_BP),
                purchases_centi=round(row["expected_purchases"] * 100),
                spend_minor=round(row["expected_spend"]),
                segment=row["segment"],
                cluster=row["cluster"],
                daypart=row["daypart"],
                favourites=_favourites(row),
                reasons=tuple(_reason(each["kind"], each["value"]) for each in row["reasons"]),
                uplift=_uplift(row),
            )


def _uplift(row: dict[str, Any]) -> tuple[ArmUplift, ...]:
    return tuple(
        ArmUplift(
            campaign=each["campaign"],
            arm=each["arm"],
            effect_bp=round(each["effect"] * WHOLE_CHANCE_BP),
            error_bp=ceil(each["error"] * WHOLE_CHANCE_BP),
        )
        for each in row["uplift"] or ()
    )


def _favourites(row: dict[str, Any]) -> tuple[Favourite, ...]:
    return tuple(
        _favourite(each["category"], round(min(each["score"], 1.0) * WHOLE_CHANCE_BP), each["is_discovery"])
        for each in row["favourites"] or ()
    )


@lru_cache(maxsize=ALIKE)
def _favourite(category: str, chance_bp: int, is_discovery: bool) -> Favourite:  # noqa: FBT001 - a key of the cache
    """Make one for all members whose is the same: a night holds thirteen of these for each."""
    return Favourite(category=category, chance_bp=chance_bp, is_discovery=is_discovery)


@lru_cache(maxsize=ALIKE)
def _reason(kind: str, value: int) -> ScoreReason:
    return ScoreReason(kind=ReasonKind(kind), value=value)
