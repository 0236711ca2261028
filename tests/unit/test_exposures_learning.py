"""Uplift from logged exposures: whom an offer lures is found on later draws, and too little is said to be."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from scoring.exposures.learning import Lesson, arms_to_take
from scoring.exposures.log import NOTHING, read_log
from scoring.exposures.outcomes import matured, outcomes_of
from scoring.exposures.tonight import lessons_of, teach
from scoring.exposures.trial import drawn_of, later_splits
from scoring.history.visits import day_number
from scoring.partitions.known import Question, known_members
from scoring.partitions.machines import HERE
from scoring.partitions.split import PART_ROWS
from tests.exposed_shop import AS_OF, LURED, OTHERS, PUSHES, TEN, exposed_shop, kept

DAY = day_number(AS_OF)


def taught(
    folder: Path, history: pl.DataFrame, log: pl.DataFrame, *, part_rows: int = PART_ROWS
) -> tuple[tuple[Lesson, ...], pl.DataFrame]:
    path, log_path = kept(folder, history, log)
    exposures = read_log(log_path, as_of=AS_OF, zone="UTC")
    with known_members(Question(path=path, as_of=AS_OF, zone="UTC"), HERE, part_rows=part_rows) as known:
        lessons = lessons_of(known, exposures, as_of_day=DAY, seed=0, machines=HERE, watch=lambda *_: None)
        parts = [teach(*frames, lessons, as_of_day=DAY) for frames in known.together("members", "visits")]
        return lessons, pl.concat(parts).sort("member_id")


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> tuple[tuple[Lesson, ...], pl.DataFrame]:
    return taught(tmp_path_factory.mktemp("shop"), *exposed_shop(1_500))


def test_whom_the_offer_lures_is_told_from_whom_it_does_not(night: tuple[tuple[Lesson, ...], pl.DataFrame]) -> None:
    (lesson,), members = night

    told = members.explode("uplift", empty_as_null=True).unnest("uplift")
    small = told.filter(pl.col("member_id").str.tail(1).cast(pl.Int32) % 2 == 0)["effect"].mean()
    large = told.filter(pl.col("member_id").str.tail(1).cast(pl.Int32) % 2 == 1)["effect"].mean()

    assert (lesson.reason, lesson.is_later, lesson.exposures) == ("", True, 1_500 * (len(PUSHES)))
    assert told["arm"].unique().to_list() == [TEN]
    # A member may also buy by themselves, so that a push adds less than it would to nothing at all.
    assert small == pytest.approx(LURED, abs=0.1)
    assert large == pytest.approx(OTHERS, abs=0.1)
    assert float(told["error"].min() or 0) > 0  # type: ignore[arg-type]  # a column of numbers


def test_the_learned_policy_is_worth_more_on_later_draws(night: tuple[tuple[Lesson, ...], pl.DataFrame]) -> None:
    (lesson,), _ = night

    worth = {each.policy: each for each in lesson.worth}

    assert worth["learned"].bought.trustworthy
    assert worth["learned"].bought.value > worth["as_drawn"].bought.value > worth["nothing"].bought.value
    assert worth["learned"].bought.low > worth["nothing"].bought.value
    assert worth["nothing"].spend.effective_members > 100


def test_the_same_log_and_history_teach_the_same_bits(tmp_path: Path) -> None:
    history, log = exposed_shop(300)
    first, again = (
        taught(tmp_path, history.sample(fraction=1.0, shuffle=True, seed=seed), log, part_rows=rows)
        for seed, rows in ((1, PART_ROWS), (2, 600))
    )

    assert first[1].equals(again[1])
    assert first[1].height > 200
    assert first[0][0].worth == again[0][0].worth


def test_draws_after_the_day_teach_nothing(tmp_path: Path) -> None:
    history, log = exposed_shop(300)
    changed = log.with_columns(
        arm=pl.when(pl.col("occurrence") == PUSHES[-1].isoformat()).then(pl.lit(NOTHING)).otherwise("arm"),
        horizon_days=pl.when(pl.col("occurrence") == PUSHES[-1].isoformat()).then(60).otherwise("horizon_days"),
    )
    without = log.filter(pl.col("occurrence") != PUSHES[-1].isoformat())

    told, told_without = (taught(tmp_path, history, each)[1] for each in (changed, without))

    assert told.equals(told_without)


def test_below_two_hundred_randomised_outcomes_it_says_so(tmp_path: Path) -> None:
    history, log = exposed_shop(120)

    (lesson,), members = taught(tmp_path, history, log.filter(pl.col("occurrence") == PUSHES[0].isoformat()))

    assert (lesson.reason, lesson.needed) == ("too_few_outcomes", 200)
    assert 0 < lesson.outcomes < 200
    assert lesson.model is None
    assert members.height == 0


def test_a_campaign_that_gave_everybody_nothing_teaches_nothing(tmp_path: Path) -> None:
    history, log = exposed_shop(60)
    some = log.with_columns(arm=pl.when(pl.int_range(pl.len()) < 5).then(pl.lit(TEN)).otherwise(pl.lit(NOTHING)))

    (lesson,), _ = taught(tmp_path, history, some)

    assert lesson.reason == "one_arm"


def test_no_log_is_no_lesson(tmp_path: Path) -> None:
    history, log = exposed_shop(30)

    lessons, members = taught(tmp_path, history, log.head(0))

    assert (lessons, members.height) == ((), 0)


def test_an_arm_few_were_drawn_for_is_left_out_with_them(tmp_path: Path) -> None:
    history, log = exposed_shop(200)
    rare = '{"nothing": 0.4, "coffee@1000": 0.5, "tea@500": 0.1}'
    lot = pl.int_range(pl.len())
    log = log.with_columns(
        arm=pl.when(lot < 10).then(pl.lit("tea@500")).otherwise("arm"),
        chances=pl.when(lot < 60).then(pl.lit(rare)).otherwise("chances"),
    )
    path, log_path = kept(tmp_path, history, log)
    exposures = matured(read_log(log_path, as_of=AS_OF, zone="UTC"), DAY)
    with known_members(Question(path=path, as_of=AS_OF, zone="UTC"), HERE) as known:
        drawn = drawn_of(outcomes_of(known, exposures, HERE))

    assert drawn.arm_names == (NOTHING, TEN)
    assert drawn.trial.arms.size == log.height - 10
    assert drawn.trial.propensities.sum(axis=1) == pytest.approx(1.0)
    assert drawn.trial.propensities[:, 1].max() <= 0.5 / 0.9 + 1e-9


def test_rehearsals_never_learn_from_what_was_not_over(tmp_path: Path) -> None:
    path, log_path = kept(tmp_path, *exposed_shop(200))
    exposures = matured(read_log(log_path, as_of=AS_OF, zone="UTC"), DAY)
    with known_members(Question(path=path, as_of=AS_OF, zone="UTC"), HERE) as known:
        drawn = drawn_of(outcomes_of(known, exposures, HERE))

    splits = later_splits(drawn)

    assert splits
    for split in splits:
        assert drawn.days[split.learned_from].max() + drawn.horizon_days <= drawn.days[split.judged].min()


def test_a_policy_takes_the_arm_that_is_proven_best_or_none() -> None:
    effects = np.array([[0.1, 0.2], [0.05, -0.1], [0.3, 0.25]])
    errors = np.array([[0.01, 0.2], [0.1, 0.01], [0.2, 0.05]])

    chances = arms_to_take(effects, errors)

    assert chances.tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 1]]
