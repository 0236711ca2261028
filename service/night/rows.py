"""What a night found, as nouns: the run and, one after another, the rows of its members."""

from collections.abc import Iterator
from datetime import datetime
from typing import cast

import polars as pl

from offers.model.ids import ProgrammeId
from offers.model.scores import WHOLE_CHANCE_BP, PlainScores, ScoreRun, ScoreRunId
from scoring.nightly.shift import Night, NightWishes
from scoring.registry import ModelVersion

ROWS_AT_ONCE = 10_000


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
        members=night.members,
        made_at=at,
        quality=night.quality,
        retrain=retrain,
        version=night.version,
        training=night.training,
        lessons=night.lessons,
        coupons=night.coupons,
        segments=night.segments,
    )


def rows_of(run: ScoreRun, night: Night) -> Iterator[PlainScores]:
    """Give the rows part after part, a few thousand in memory at a time; columns are worked at, not members."""
    for scores in night.scored.parts():
        for some in scores.iter_slices(ROWS_AT_ONCE):
            for row in _plain(some).iter_rows(named=True):
                row["run_id"], row["programme_id"] = run.id, run.programme_id
                yield cast("PlainScores", row)


def _plain(scores: pl.DataFrame) -> pl.DataFrame:
    """Give the fields of rows as columns, each in its own unit."""
    each = pl.element().struct
    favourite = pl.struct(
        each.field("category"),
        chance_bp=_whole(each.field("score").clip(upper_bound=1.0) * WHOLE_CHANCE_BP),
        is_discovery=each.field("is_discovery"),
    )
    uplift = pl.struct(
        each.field("campaign"),
        each.field("arm"),
        effect_bp=_whole(each.field("effect") * WHOLE_CHANCE_BP),
        error_bp=(each.field("error") * WHOLE_CHANCE_BP).ceil().cast(pl.Int64),
    )
    return scores.select(
        "member_id",
        buys_again_bp=_whole(pl.col("p_active") * WHOLE_CHANCE_BP),
        purchases_centi=_whole(pl.col("expected_purchases") * 100),
        spend_minor=_whole(pl.col("expected_spend")),
        segment="segment",
        cluster="cluster",
        daypart="daypart",
        favourites=pl.col("favourites").list.eval(favourite).fill_null([]),
        reasons="reasons",
        uplift=pl.col("uplift").list.eval(uplift).fill_null([]),
        uses_coupon_bp=_whole(pl.col("uses_coupon") * WHOLE_CHANCE_BP),
    )


def _whole(number: pl.Expr) -> pl.Expr:
    return number.round(mode="half_to_even").cast(pl.Int64)
