"""One night on one history: forecast, named segments, clusters, tastes, dayparts and reasons for every member."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from scoring.files import best_tastes
from scoring.forecast.learned import Learned
from scoring.forecast.run import Forecast, forecast
from scoring.history.errors import CannotScore
from scoring.history.reading import History, read_history
from scoring.history.visits import day_number, fold_visits
from scoring.nightly.ageing import KEPT_MEMBERS, Snapshot
from scoring.nightly.dayparts import next_dayparts
from scoring.nightly.reasons import reasons_of
from scoring.registry import fingerprint
from scoring.segments.clusters import FEWEST_MEMBERS, cluster
from scoring.segments.matching import match
from scoring.segments.rfm import Habits, name_segments
from scoring.segments.words import traits_of

FAVOURITES = 10
STEPS = 9
_REASONS = pl.List(pl.Struct({"kind": pl.String, "value": pl.Int64}))
Watch = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class NightWishes:
    """How to score: up to the end of which local day, how many days ahead; the same seed and threads, the same bits."""

    as_of: date
    horizon_days: int
    zone: str
    seed: int
    threads: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """What a night found, one row for each member in order of their ids.

    `scores` has member_id, p_active, expected_purchases, expected_spend, segment, cluster (empty: too few members),
    daypart and reasons (a list of kind and value); `tastes` has member_id, category, score and is_discovery;
    `snapshot` is what later nights compare themselves with. `learned` is the model that spoke, None where the night was
    read back from its files; `version` names it.
    """

    scores: pl.DataFrame
    tastes: pl.DataFrame
    snapshot: Snapshot
    fingerprint: str
    model: str
    quality: dict[str, float] = field(default_factory=dict)
    version: str = ""
    learned: Learned | None = None


def score_night(
    path: Path,
    wishes: NightWishes,
    *,
    clusters_before: Mapping[str, int],
    watch: Watch,
    kept: Learned | None = None,
) -> Night:
    """Score everybody in a history file, as `scoring.history` reads it. Raises CannotScore.

    `kept` is a model of the same horizon, learned on this day or an earlier one; without it one is learned now.
    `clusters_before` maps members to the numbers their clusters went by the night before, so that names stay.
    """
    history = read_history(path, as_of=wishes.as_of, zone=wishes.zone)
    visits = fold_visits(history.lines.lazy()).collect()
    watch(1, STEPS)
    found = forecast(
        visits,
        as_of_day=day_number(wishes.as_of),
        horizon_days=wishes.horizon_days,
        seed=wishes.seed,
        threads=wishes.threads,
        kept=kept,
        watch=lambda done, _: watch(1 + done, STEPS),
    )
    members = history.members.gather(found.members).cast(pl.String)
    segments, clusters, stability = _segments(found, members, clusters_before, seed=wishes.seed)
    watch(7, STEPS)
    tastes = _tastes(history, path, wishes)
    watch(8, STEPS)
    dayparts = found.members.to_frame("member").join(_dayparts(history, path, wishes), on="member", how="left")
    computed: dict[str, Sequence[object] | pl.Series] = {
        "segment": segments,
        "cluster": clusters,
        "daypart": dayparts["daypart"],
    }
    night = Night(
        scores=_scores(found, members, computed),
        tastes=tastes.with_columns(pl.col("member_id").cast(pl.String)),
        snapshot=_snapshot(found, members, wishes),
        fingerprint=fingerprint(visits),
        model=found.champion.value,
        quality=_quality(found) | stability,
        learned=found.learned,
    )
    watch(STEPS, STEPS)
    return night


def _scores(found: Forecast, members: pl.Series, computed: Mapping[str, Sequence[object] | pl.Series]) -> pl.DataFrame:
    reasons = [[{"kind": each.kind.value, "value": each.value} for each in told] for told in reasons_of(found)]
    return pl.DataFrame(
        {
            "member_id": members,
            "p_active": found.p_active,
            "expected_purchases": found.expected_purchases,
            "expected_spend": found.expected_spend,
            **computed,
            "reasons": reasons,
        },
        schema_overrides={"cluster": pl.Int64, "daypart": pl.String, "reasons": _REASONS},
    )


def _snapshot(found: Forecast, members: pl.Series, wishes: NightWishes) -> Snapshot:
    stride = max(1, -(-members.len() // KEPT_MEMBERS))
    traits = {name: found.seen.column(name)[::stride] for name in found.seen.names}
    kept = pl.DataFrame({"member_id": members[::stride], "p_active": found.p_active[::stride], **traits})
    return Snapshot(as_of=wishes.as_of, horizon_days=wishes.horizon_days, members=kept)


def _segments(
    found: Forecast, members: pl.Series, before: Mapping[str, int], *, seed: int
) -> tuple[list[str], list[int | None], dict[str, float]]:
    seen = found.seen
    habits = Habits(
        days_since_last=seen.column("recency_days"),
        days_known=seen.column("age_days"),
        purchases=seen.column("visits"),
        spend=np.nan_to_num(seen.column("spend")),
    )
    named = [segment.value for segment in name_segments(habits)]
    if members.len() < FEWEST_MEMBERS:
        return named, [None] * members.len(), {}
    clustering = cluster(traits_of(habits), seed=seed)
    matched = match(members.to_list(), clustering.labels, before)
    numbers = [matched.names[label] for label in clustering.labels.tolist()]
    told = {"cluster_stability": clustering.stability}
    if matched.kept is not None:
        told["clusters_kept"] = matched.kept
    return named, list(numbers), told


def _tastes(history: History, path: Path, wishes: NightWishes) -> pl.DataFrame:
    """Score tastes where the history knows categories; a member who bought none has none."""
    try:
        return best_tastes(history, path, as_of=wishes.as_of, top=FAVOURITES, watch=lambda *_: None)
    except CannotScore:
        empty = {"member_id": pl.String, "category": pl.String, "score": pl.Float64, "is_discovery": pl.Boolean}
        return pl.DataFrame(schema=empty)


def _dayparts(history: History, path: Path, wishes: NightWishes) -> pl.DataFrame:
    """Give each member's daypart; a history of days alone knows none."""
    rows = pl.scan_parquet(path).select("member_id", "at").collect()
    if not isinstance(rows.schema["at"], pl.Datetime):
        return pl.DataFrame(schema={"member": pl.UInt32, "daypart": pl.String})
    local = pl.col("at").dt.convert_time_zone(wishes.zone)
    in_time = rows.filter(local.dt.date() <= wishes.as_of).select(
        member_id=pl.col("member_id").cast(pl.String), day=local.dt.date(), hour=local.dt.hour()
    )
    visits = in_time.unique(["member_id", "day", "hour"])
    numbers = history.members.cast(pl.String).to_frame("member_id").with_row_index("member")
    return next_dayparts(visits.join(numbers, on="member_id").select("member", "hour"))


def _quality(found: Forecast) -> dict[str, float]:
    if found.choice is None:
        return {}
    tried = asdict(found.choice.tried[found.champion])
    return {name: float(value) for name, value in tried.items()}
