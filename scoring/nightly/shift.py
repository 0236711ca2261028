"""One night on one history: forecast, named segments, clusters, tastes, dayparts and reasons for every member."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
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
from scoring.nightly.dayparts import Daypart, count_dayparts
from scoring.nightly.everybody import FOUND, Everybody
from scoring.nightly.lessons import NO_LOGS, Lessons, Logs, learn_lessons
from scoring.nightly.part import NightBench, night_part
from scoring.nightly.scored import Scored
from scoring.nightly.told import Told, tell
from scoring.partitions.judging import all_members
from scoring.partitions.known import Known, Question, known_members
from scoring.partitions.machines import HERE, Machines
from scoring.partitions.split import PART_ROWS
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
    """What a night found: the scores of so many members, and what it has to say of all of them.

    `snapshot` is what later nights compare themselves with. `learned` is the model that spoke, None where the night was
    read back from its files; `version` names it, and `training` says why it was learned tonight, or `kept`. `lessons`
    are what campaigns taught and `coupons` what coupons did, `log_digest` names the files they taught it by; `segments`
    are told in words.
    """

    scored: Scored
    members: int
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
    scored: Scored,
    watch: Watch,
    clusters_before: Path | None = None,
    kept: Learned | None = None,
    logs: Logs = NO_LOGS,
    machines: Machines = HERE,
    part_rows: int = PART_ROWS,
) -> Night:
    """Score everybody in a history file, as `scoring.history` reads it, into `scored`. Raises CannotScore.

    What was found of a member is in memory while their part is worked at; of everybody, a few numbers at a time are.
    `kept` is a model of the same horizon, learned on this day or an earlier one; without it one is learned now.
    `clusters_before` is a file of member_id and cluster, the number it went by the night before, so that names stay.
    """
    scored.clear()
    question = Question(path=path, as_of=wishes.as_of, zone=wishes.zone, with_baskets=True)
    with known_members(question, machines, part_rows=part_rows, beside=scored.folder) as known:
        watch(1, STEPS)
        learned = kept or _learn(known, wishes, machines, watch)
        bench = _bench(known, learned, wishes)
        watch(7, STEPS)
        traits = _find(known, bench, machines)
        watch(8, STEPS)
        lessons = _learn_lessons(known, logs, wishes, machines)
        night = _night(known, learned, lessons, traits, wishes, scored=scored, clusters_before=clusters_before)
        watch(STEPS, STEPS)
        return night


def _learn(known: Known, wishes: NightWishes, machines: Machines, watch: Watch) -> Learned:
    return learn(
        *known.drawn("visits"),
        as_of_day=day_number(wishes.as_of),
        horizon_days=wishes.horizon_days,
        seed=wishes.seed,
        threads=wishes.threads,
        grow=machines.grow,
        watch=lambda done, _: watch(1 + done, STEPS),
    )


def _learn_lessons(known: Known, logs: Logs, wishes: NightWishes, machines: Machines) -> Lessons:
    return learn_lessons(known, logs, as_of=wishes.as_of, zone=wishes.zone, seed=wishes.seed, machines=machines)


def _bench(known: Known, learned: Learned, wishes: NightWishes) -> NightBench:
    return NightBench(
        learned=learned,
        as_of_day=day_number(wishes.as_of),
        tasted=_taste(known, wishes),
        hours=_usual_hours(known),
        members=known.members,
        keep=KEPT_MEMBERS,
    )


def _find(known: Known, bench: NightBench, machines: Machines) -> list[pl.DataFrame]:
    """Keep what each part finds of its members by itself; gives the traits of those drawn, part by part."""
    frames = ("members", "visits", "baskets", *(["hours"] if known.has("hours") else []))
    traits = []
    for part, found in enumerate(machines.map(night_part, known.together(*frames), bench)):
        known.keep(FOUND, part, found.scores)
        traits.append(found.traits)
    return traits


def _night(
    known: Known,
    learned: Learned,
    lessons: Lessons,
    traits: Sequence[pl.DataFrame],
    wishes: NightWishes,
    *,
    scored: Scored,
    clusters_before: Path | None,
) -> Night:
    """Find what needs everybody, and write the scores part after part."""
    everybody = Everybody.of(known)
    told = tell(everybody, learned, clusters_before, seed=wishes.seed)
    compared = _write(everybody, told, lessons, traits, scored)
    return Night(
        scored=scored,
        members=everybody.members,
        snapshot=Snapshot(as_of=wishes.as_of, horizon_days=wishes.horizon_days, members=compared),
        fingerprint=known.fingerprint,
        model=learned.champion.value,
        quality=_quality(learned) | told.groups.quality,
        lessons=lessons.taught.figures,
        coupons=lessons.used.lesson,
        segments=told.groups.told,
        log_digest=lessons.digest,
        learned=learned,
    )


def _write(
    everybody: Everybody, told: Told, lessons: Lessons, traits: Sequence[pl.DataFrame], scored: Scored
) -> pl.DataFrame:
    """Write the scores part after part; gives the members that later nights are compared with."""
    kept = []
    for part, (found, places) in enumerate(everybody.parts()):
        scores = told.scores(found, places)
        scored.keep(part, lessons.beside(scores, everybody.known, part))
        kept.append(scores.select("member_id", "p_active").join(traits[part], on="member_id"))
    return all_members(kept)


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
