"""Trials in strange files: refused with a reason, or read as a person would."""

from datetime import date, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from scoring.errors import ScoringError
from scoring.uplift.choose import BLEND, learn
from scoring.uplift.errors import TEXTS, EmptyTable, NoTraits, OutcomeNeverVaries, TooFewOutcomes
from scoring.uplift.learners import Expectation, t_logit
from scoring.uplift.run import score_uplift
from scoring.uplift.tables import Columns, read_trial
from scoring.uplift.trial import Trial

COLUMNS = Columns(arm="arm", control="0", outcome="visit")


def trial(members: int = 3000, seed: int = 1) -> pl.DataFrame:
    """Half get the mail, drawn at random; it brings those who joined late."""
    chance = np.random.default_rng(seed)
    arms, days = chance.integers(0, 2, members), chance.integers(0, 500, members)
    visit = chance.random(members) < 0.2 + 0.3 * arms * (days > 250)
    joined = [date(2024, 1, 1) + timedelta(days=int(each)) for each in days]
    return pl.DataFrame(
        {"arm": arms, "visit": visit.astype(int), "joined": joined, "age": chance.normal(40, 9, members)}
    )


def spread(train: pl.DataFrame, test: pl.DataFrame, column: str = "uplift_1") -> float:
    """Give by how much more the mail is said to change those who joined late."""
    scores = score_uplift(train, test, COLUMNS).scores[column].to_numpy()
    late = (trial(test.height, seed=2)["joined"] > date(2024, 9, 7)).to_numpy()
    assert np.isfinite(scores).all()
    return float(scores[late].mean() - scores[~late].mean())


@pytest.mark.parametrize("kind", [pl.Int8, pl.Float32, pl.Float64, pl.Boolean, pl.String])
def test_an_outcome_of_any_type_is_the_same_outcome(kind: type[pl.DataType]) -> None:
    plain = read_trial(trial(), trial(seed=2), COLUMNS)

    read = read_trial(trial().with_columns(pl.col("visit").cast(kind)), trial(seed=2), COLUMNS)

    assert read.trial.yes_or_no
    assert (read.trial.outcomes == plain.trial.outcomes).all()


@pytest.mark.parametrize(
    ("arms", "control"),
    [
        (pl.col("arm").cast(pl.Float64), "0"),
        (pl.col("arm").cast(pl.Boolean), "False"),
        (pl.col("arm").cast(pl.Boolean), "false"),
        (pl.col("arm").cast(pl.String), "0.0"),
        (pl.when(pl.col("arm") == 0).then(pl.lit(" No E-Mail ")).otherwise(pl.lit("Mail")), "no e-mail"),
    ],
)
def test_arms_of_any_type_are_the_same_arms(arms: pl.Expr, control: str) -> None:
    table = trial().with_columns(arm=arms)

    read = read_trial(table, table, Columns(arm="arm", control=control, outcome="visit"))

    assert (read.trial.arms == trial()["arm"].to_numpy()).all()


def test_days_teach_whatever_the_other_file_calls_them() -> None:
    test = trial(seed=2)
    instants = pl.col("joined").cast(pl.Datetime("ms"))
    written = {
        "dates": test,
        "instants": test.with_columns(instants),
        "words": test.with_columns(pl.col("joined").cast(pl.String)),
        "russian words": test.with_columns(pl.col("joined").dt.to_string("%d.%m.%Y")),
    }

    found = {name: spread(trial(), each) for name, each in written.items()}

    assert all(each == pytest.approx(0.3, abs=0.12) for each in found.values())
    assert len({round(each, 9) for each in found.values()}) == 1


def test_an_arm_of_three_members_gets_one_effect_and_spoils_nothing() -> None:
    table = trial().with_columns(pl.col("arm").cast(pl.String))
    few = table.head(3).with_columns(arm=pl.lit("call"), joined=pl.lit(date(2024, 5, 5)), age=40.0)

    scores = score_uplift(pl.concat([table, few]), trial(seed=2), COLUMNS).scores

    assert scores["uplift_call"].n_unique() == 1
    assert scores["uplift_1"].n_unique() > 10
    assert np.isfinite(scores["uplift_call"][0])


def test_the_mean_of_learners_stays_unless_one_of_them_is_clearly_better() -> None:
    read = read_trial(trial(), trial(seed=2), COLUMNS).trial

    def noise(part: Trial, seed: int) -> Expectation:
        return lambda traits: np.random.default_rng(seed).random((len(traits), part.arm_count)) * 9

    alike = learn(read, seed=1, learners={"one": t_logit, "other": t_logit})
    spoilt = learn(read, seed=1, learners={"one": t_logit, "other": noise})

    assert alike.learner == BLEND
    assert spoilt.learner == "one"


def test_an_arm_that_nobody_was_drawn_for_has_no_column() -> None:
    test = trial(seed=2).with_columns(arm=pl.lit("never tried"))

    scores = score_uplift(trial(), test, COLUMNS).scores

    assert scores.columns == ["member_id", "uplift_1"]


@pytest.mark.parametrize(
    ("train", "refusal"),
    [
        (trial().head(0), EmptyTable),
        (trial().with_columns(visit=pl.lit(1)), OutcomeNeverVaries),
        (trial().with_columns(visit=pl.lit(7.5)), OutcomeNeverVaries),
        (trial(12), TooFewOutcomes),
        (trial().select("arm", "visit", joined=pl.lit(None, dtype=pl.Float64)), NoTraits),
        (trial().select("arm", "visit", age=pl.int_range(pl.len())), NoTraits),
    ],
)
def test_what_teaches_nothing_is_refused(train: pl.DataFrame, refusal: type[ScoringError]) -> None:
    with pytest.raises(refusal) as caught:
        score_uplift(train, trial(seed=2), COLUMNS)

    assert TEXTS[caught.value.code].format(**caught.value.facts())


def test_columns_that_give_the_outcome_away_are_left_out() -> None:
    table, visited = trial(), pl.col("visit") == 1
    chance = np.random.default_rng(3)
    told = table.with_columns(
        spent=visited * pl.Series(chance.gamma(2, 10, table.height)),
        visited_at=pl.when(visited).then(pl.lit(datetime(2026, 3, 1, 12))),  # noqa: DTZ001 - as a file without zones has it
        page=pl.when(visited).then(pl.lit("home")),
        why_not=pl.when(~visited).then(pl.lit("busy")),
    )

    read = read_trial(told, told, COLUMNS)

    assert read.left_out == ("spent", "visited_at", "page", "why_not")
    assert [each.column for each in read.traits] == ["joined", "age"]


def test_row_numbers_and_numbered_cards_are_no_traits() -> None:
    table = trial().with_row_index("row")
    cards = pl.Series("card_id", np.random.default_rng(4).permutation(10_000_000)[: table.height])

    read = read_trial(table.with_columns(cards), table.with_columns(cards), COLUMNS)

    assert [each.column for each in read.traits] == ["joined", "age"]


def test_endless_and_worded_numbers_are_absent_ones() -> None:
    test = trial(seed=2)
    torn = test.with_columns(age=pl.when(pl.int_range(pl.len()) % 3 == 0).then(float("inf")).otherwise("age"))
    worded = test.with_columns(age=pl.lit("?"))

    assert spread(trial(), torn) == pytest.approx(0.3, abs=0.12)
    assert spread(trial(), worded) == pytest.approx(0.3, abs=0.12)


def test_rows_without_a_member_are_members_of_their_own() -> None:
    table = trial().with_columns(member_id=pl.lit(None, dtype=pl.String))

    read = read_trial(table, table, COLUMNS)

    assert (read.rows_dropped, read.trial.arms.size) == (0, table.height)
