"""Uplift for every member of a history, from all that earlier draws taught by tonight."""

from collections.abc import Callable, Sequence

import polars as pl

from scoring.exposures.learning import Lesson, latest_draws, learn_campaign
from scoring.exposures.outcomes import TRAIT_NAMES, matured, outcomes_of
from scoring.features.at_cutoff import features_at
from scoring.partitions.known import Known
from scoring.partitions.machines import Machines

MOST_CAMPAIGNS = 5
"""The campaigns drawn for last are learned from; those of older ones are left as they are."""
UPLIFT = pl.List(pl.Struct({"campaign": pl.String, "arm": pl.String, "effect": pl.Float64, "error": pl.Float64}))
Watch = Callable[[int, int], None]


def lessons_of(
    known: Known, exposures: pl.DataFrame, *, as_of_day: int, seed: int, machines: Machines, watch: Watch
) -> tuple[Lesson, ...]:
    """Learn from the campaigns of a log, as `read_log` gives it, the latest first; `known` is a history of its members.

    Draws whose horizon is not over take no part. `watch` hears how many campaigns are done, of how many.
    """
    ripe = matured(exposures, as_of_day)
    last = ripe.group_by("campaign").agg(pl.col("day").max()).sort(["day", "campaign"], descending=[True, False])
    campaigns = last["campaign"].head(MOST_CAMPAIGNS).to_list()
    kept = [latest_draws(ripe.filter(pl.col("campaign") == campaign)) for campaign in campaigns]
    if not kept:
        return ()
    outcomes = outcomes_of(known, pl.concat(kept), machines)
    lessons = []
    for done, campaign in enumerate(campaigns, start=1):
        lessons.append(learn_campaign(campaign, outcomes.filter(pl.col("campaign") == campaign), seed=seed))
        watch(done, len(campaigns))
    return tuple(lessons)


def teach(members: pl.DataFrame, visits: pl.DataFrame, lessons: Sequence[Lesson], *, as_of_day: int) -> pl.DataFrame:
    """Give member_id and uplift for every member of a part, by the lessons that taught something."""
    if all(each.model is None for each in lessons):
        return pl.DataFrame(schema={"member_id": pl.String, "uplift": UPLIFT})
    traits = features_at(visits, as_of_day)
    told = {"member_id": members["member_id"].cast(pl.String).gather(traits["member"])}
    arms = []
    for lesson in lessons:
        if lesson.model is None or lesson.drawn is None:
            continue
        found = lesson.model.score(lesson.drawn.encode(traits.select(TRAIT_NAMES)))
        for place, arm in enumerate(lesson.drawn.arm_names[1:]):
            name = f"{lesson.campaign}|{arm}"
            told |= {
                f"{name}|effect": pl.Series(found.effects[:, place]),
                f"{name}|error": pl.Series(found.errors[:, place]),
            }
            arms.append(
                pl.struct(
                    campaign=pl.lit(lesson.campaign),
                    arm=pl.lit(arm),
                    effect=pl.col(f"{name}|effect"),
                    error=pl.col(f"{name}|error"),
                )
            )
    return pl.DataFrame(told).select("member_id", uplift=pl.concat_list(arms).cast(UPLIFT))
