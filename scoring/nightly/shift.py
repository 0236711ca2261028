"""One night on one history: forecast, named segments, clusters, tastes, dayparts and reasons for every member."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from offers.model.computed_segments import SegmentTold
from offers.model.coupon_lesson import CouponLesson
from offers.model.scores import CampaignLesson
from scoring.arrays import Ints
from scoring.forecast.learned import Learned, learn
from scoring.history.visits import day_number
from scoring.nightly.ageing import KEPT_MEMBERS, Snapshot
from scoring.nightly.coupon_use import beside, coupon_use
from scoring.nightly.dayparts import Daypart, count_dayparts
from scoring.nightly.part import NightBench, night_part
from scoring.nightly.reasons import tell_reasons
from scoring.nightly.taught import taught_by
from scoring.partitions.judging import all_members, settled
from scoring.partitions.known import Known, Question, known_members
from scoring.partitions.machines import HERE, Machines
from scoring.partitions.split import PART_ROWS
from scoring.segments.clusters import FEWEST_MEMBERS, cluster
from scoring.segments.matching import match
from scoring.segments.rfm import Habits, name_segments
from scoring.segments.told import clusters_told, named_told
from scoring.segments.words import traits_of
from scoring.taste.best import Tasted, basket_counts, learn_tastes

STEPS = 9
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
    daypart, reasons (a list of kind and value), favourites (a list of category, score and is_discovery), uplift (a
    list of campaign, arm, effect and error, empty where nothing was learned) and uses_coupon (a share of occasions);
    `snapshot` is what later nights compare themselves with. `learned` is the model that spoke, None where the night was
    read back from its files; `version` names it, and `training` says why it was learned tonight, or `kept`. `lessons`
    are what campaigns taught and `coupons` what coupons did, `log_digest` names the files they taught it by; `segments`
    are told in words.
    """

    scores: pl.DataFrame
    snapshot: Snapshot
    fingerprint: str
    model: str
    quality: dict[str, float] = field(default_factory=dict)
    version: str = ""
    training: str = ""
    lessons: tuple[CampaignLesson, ...] = ()
    coupons: CouponLesson | None = None
    segments: tuple[SegmentTold, ...] = ()
    log_digest: str = ""
    learned: Learned | None = None


def score_night(
    path: Path,
    wishes: NightWishes,
    *,
    clusters_before: Mapping[str, int],
    watch: Watch,
    kept: Learned | None = None,
    log: Path | None = None,
    coupons: Path | None = None,
    machines: Machines = HERE,
    part_rows: int = PART_ROWS,
) -> Night:
    """Score everybody in a history file, as `scoring.history` reads it. Raises CannotScore.

    `kept` is a model of the same horizon, learned on this day or an earlier one; without it one is learned now.
    `clusters_before` maps members to the numbers their clusters went by the night before, so that names stay. `log` is
    the log of exposures, as `scoring.exposures` reads it, `coupons` what became of coupons, as `scoring.coupons` does.
    """
    question = Question(path=path, as_of=wishes.as_of, zone=wishes.zone, with_baskets=True)
    with known_members(question, machines, part_rows=part_rows) as known:
        watch(1, STEPS)
        learned = kept or learn(
            *known.drawn("visits"),
            as_of_day=day_number(wishes.as_of),
            horizon_days=wishes.horizon_days,
            seed=wishes.seed,
            threads=wishes.threads,
            grow=machines.grow,
            watch=lambda done, _: watch(1 + done, STEPS),
        )
        bench = _bench(known, learned, wishes)
        watch(7, STEPS)
        frames = ("members", "visits", "baskets", *(["hours"] if known.has("hours") else []))
        parts = list(machines.map(night_part, known.together(*frames), bench))
        judged = all_members(part.scores for part in parts)
        watch(8, STEPS)
        night = _told(judged, all_members(part.traits for part in parts), learned, wishes, clusters_before)
        night = _with_coupons(_taught(night, known, log, wishes, machines), known, coupons, wishes, machines)
        watch(STEPS, STEPS)
        return replace(night, fingerprint=known.fingerprint)


def _bench(known: Known, learned: Learned, wishes: NightWishes) -> NightBench:
    return NightBench(
        learned=learned,
        as_of_day=day_number(wishes.as_of),
        tasted=_taste(known, wishes),
        hours=_usual_hours(known),
        members=known.members,
        keep=KEPT_MEMBERS,
    )


def _taught(night: Night, known: Known, log: Path | None, wishes: NightWishes, machines: Machines) -> Night:
    found = taught_by(
        known, log, night.scores, as_of=wishes.as_of, zone=wishes.zone, seed=wishes.seed, machines=machines
    )
    return replace(night, scores=found.scores, lessons=found.lessons, log_digest=found.digest)


def _with_coupons(night: Night, known: Known, coupons: Path | None, wishes: NightWishes, machines: Machines) -> Night:
    found = coupon_use(known, coupons, as_of=wishes.as_of, zone=wishes.zone, seed=wishes.seed, machines=machines)
    digest = "+".join(each for each in (night.log_digest, found.digest) if each)
    return replace(night, scores=beside(night.scores, found), coupons=found.lesson, log_digest=digest)


def _told(
    judged: pl.DataFrame, traits: pl.DataFrame, learned: Learned, wishes: NightWishes, before: Mapping[str, int]
) -> Night:
    """Say what needs all members: totals, segments, clusters."""
    found = settled(judged, learned)
    segments, clusters, stability, segments_told = _segments(judged, before, seed=wishes.seed)
    scores = judged.select(
        "member_id",
        p_active=pl.Series(found.p_active),
        expected_purchases=pl.Series(found.purchases),
        expected_spend=pl.Series(found.spend),
        segment=pl.Series(segments, dtype=pl.String),
        cluster=pl.Series(clusters, dtype=pl.Int64),
        daypart="daypart",
        reasons=tell_reasons(judged, learned),
        favourites="favourites",
    )
    kept = scores.select("member_id", "p_active").join(traits, on="member_id", maintain_order="left")
    return Night(
        scores=scores,
        snapshot=Snapshot(as_of=wishes.as_of, horizon_days=wishes.horizon_days, members=kept),
        fingerprint="",
        model=learned.champion.value,
        quality=_quality(learned) | stability,
        segments=segments_told,
        learned=learned,
    )


def _segments(
    judged: pl.DataFrame, before: Mapping[str, int], *, seed: int
) -> tuple[list[str], list[int | None], dict[str, float], tuple[SegmentTold, ...]]:
    habits = Habits(
        days_since_last=judged["recency_days"].to_numpy(),
        days_known=judged["age_days"].to_numpy(),
        purchases=judged["visits"].to_numpy(),
        spend=np.nan_to_num(judged["spend"].to_numpy()),
    )
    named = [segment.value for segment in name_segments(habits)]
    if judged.height < FEWEST_MEMBERS:
        return named, [None] * judged.height, {}, named_told(named)
    traits = traits_of(habits)
    clustering = cluster(traits, seed=seed)
    matched = match(judged["member_id"].to_list(), clustering.labels, before)
    numbers = np.array(matched.names)[clustering.labels].tolist()
    told = {"cluster_stability": clustering.stability}
    if matched.kept is not None:
        told["clusters_kept"] = matched.kept
    return named, numbers, told, named_told(named) + clusters_told(traits, clustering.labels, matched.names)


def _taste(known: Known, wishes: NightWishes) -> Tasted | None:
    """Learn tastes where the history knows categories."""
    counts = pl.concat(basket_counts(baskets) for (baskets,) in known.together("baskets"))
    if not counts.height:
        return None
    summed = counts.group_by("category").agg(pl.col("len").sum())
    (baskets,) = known.drawn("baskets")
    return learn_tastes(baskets, summed, as_of_day=day_number(wishes.as_of))


def _usual_hours(known: Known) -> Ints | None:
    """Count everybody's visits by daypart; a history of days alone knows none."""
    if not known.has("hours"):
        return None
    whole = np.zeros(len(Daypart), dtype=np.int64)
    for (hours,) in known.together("hours"):
        whole += count_dayparts(hours)
    return whole


def _quality(learned: Learned) -> dict[str, float]:
    if learned.choice is None:
        return {}
    tried = asdict(learned.choice.tried[learned.champion])
    return {name: float(value) for name, value in tried.items()}
