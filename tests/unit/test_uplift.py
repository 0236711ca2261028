"""Uplift: learned from a trial, never from what came after it, and refused where there is too little."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy import stats

from scoring.uplift.choose import learn
from scoring.uplift.errors import (
    MissingColumn,
    NoControl,
    NoTraits,
    OneArm,
    OutcomeNotANumber,
    TooFewOutcomes,
    UnreadableTable,
)
from scoring.uplift.learners import t_logit
from scoring.uplift.logistic import fit_linear
from scoring.uplift.qini import gain_under_budget, qini_area
from scoring.uplift.run import score_uplift
from scoring.uplift.tables import Columns, read_table, read_trial, write_table
from scoring.uplift.traits import encode

COLUMNS = Columns(arm="arm", control="none", outcome="visit")


def trial_table(members: int = 6000, seed: int = 1) -> pl.DataFrame:
    """A trial in which the mail brings those who like books, and harms nobody; `bought` came afterwards."""
    chance = np.random.default_rng(seed)
    books = chance.random(members) < 0.5
    arms = chance.integers(0, 3, members)
    visit = chance.random(members) < 0.1 + 0.25 * books * (arms == 1) + 0.03 * (arms == 2)
    return pl.DataFrame(
        {
            "member_id": [f"m{number}" for number in range(members)],
            "arm": np.array(["none", "mail", "call"])[arms],
            "books": np.where(books, "yes", "no"),
            "spend": chance.gamma(2, 20, members),
            "bought": visit & (chance.random(members) < 0.3),
            "visit": visit.astype(int),
        }
    )


def test_those_whom_the_mail_brings_come_first() -> None:
    train, test = trial_table(), trial_table(seed=2)

    run = score_uplift(train, test, COLUMNS)

    assert run.scores.columns == ["member_id", "uplift_call", "uplift_mail"]
    mail = run.scores["uplift_mail"].to_numpy()
    likes = (test["books"] == "yes").to_numpy()
    assert mail[likes].mean() == pytest.approx(0.25, abs=0.06)
    assert mail[~likes].mean() == pytest.approx(0.0, abs=0.06)
    assert run.learned_from.left_out == ("bought",)
    assert run.scores["member_id"].to_list() == test["member_id"].to_list()


def test_what_the_test_file_says_of_arms_and_outcomes_changes_nothing() -> None:
    train, test = trial_table(), trial_table(seed=2)
    scrambled = test.with_columns(arm=pl.lit("mail"), visit=1 - pl.col("visit"), bought=~pl.col("bought"))

    first, again, bare = (
        score_uplift(train, each, COLUMNS).scores for each in (test, scrambled, test.drop("arm", "visit", "bought"))
    )

    assert first.equals(again)
    assert first.equals(bare)


def test_the_score_of_a_member_does_not_depend_on_the_others() -> None:
    train, test = trial_table(), trial_table(seed=2)

    whole = score_uplift(train, test, COLUMNS).scores
    alone = score_uplift(train, test.slice(100, 1), COLUMNS).scores

    assert whole.slice(100, 1).equals(alone)


def test_a_trial_of_two_hundred_outcomes_is_needed() -> None:
    with pytest.raises(TooFewOutcomes) as refusal:
        score_uplift(trial_table(members=600), trial_table(seed=2), COLUMNS)

    assert refusal.value.needed == 200
    assert refusal.value.outcomes < 200


def test_a_thin_arm_gets_one_effect_for_everyone() -> None:
    train = trial_table()
    thin = pl.concat([train.filter(pl.col("arm") != "call"), train.filter(pl.col("arm") == "call").head(40)])
    thin = thin.filter((pl.col("arm") != "none") | (pl.col("visit") == 0) | (pl.col("spend") < 30))

    scores = score_uplift(thin, trial_table(seed=2), COLUMNS).scores

    assert scores["uplift_call"].n_unique() == 1
    assert scores["uplift_mail"].n_unique() > 10


def test_where_there_is_nothing_to_tell_the_spread_shrinks() -> None:
    spreads, raw = [], []

    for seed in range(5):
        visits = pl.Series(np.random.default_rng(seed).integers(0, 2, 6000))
        read = read_trial(trial_table().with_columns(visit=visits), trial_table(seed=2), COLUMNS)
        model = learn(read.trial, seed=1, learners={"t_logit": t_logit})
        expected = model.expectations[0](read.trial.traits)
        raw.append((expected[:, 1] - expected[:, 0]).std())
        spreads.append(model.score(read.trial.traits).effects[:, 0].std())

    assert np.mean(spreads) < np.mean(raw) / 2


@pytest.mark.parametrize(
    ("change", "columns", "refusal"),
    [
        (lambda table: table.drop("arm"), COLUMNS, MissingColumn),
        (lambda table: table, Columns(arm="arm", control="nobody", outcome="visit"), NoControl),
        (lambda table: table.filter(pl.col("arm") == "none"), COLUMNS, OneArm),
        (lambda table: table.with_columns(visit=pl.lit("perhaps")), COLUMNS, OutcomeNotANumber),
        (lambda table: table.with_columns(visit=pl.lit(float("nan"))), COLUMNS, OutcomeNotANumber),
        (lambda table: table.select("member_id", "arm", "visit"), COLUMNS, NoTraits),
        (lambda table: table.with_columns(books=pl.lit("yes"), spend=1.0), COLUMNS, NoTraits),
    ],
)
def test_a_table_that_cannot_be_learned_from_is_refused(change, columns: Columns, refusal: type[Exception]) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    with pytest.raises(refusal):
        score_uplift(change(trial_table()), trial_table(seed=2), columns)


def test_a_member_twice_and_a_row_without_an_arm_are_dropped() -> None:
    table = trial_table()
    torn = pl.concat([table, table.head(7), table.head(3).with_columns(arm=pl.lit(None, dtype=pl.String))])

    read = read_trial(torn, table, COLUMNS)

    assert read.rows_dropped == 10
    assert read.trial.arms.size == 6000


def test_absent_numbers_and_new_categories_are_scored_all_the_same() -> None:
    train = trial_table().with_columns(spend=pl.when(pl.col("spend") > 60).then(None).otherwise(pl.col("spend")))
    test = trial_table(seed=2).with_columns(books=pl.lit("never seen"), spend=pl.lit(None, dtype=pl.Float64))

    scores = score_uplift(train, test, COLUMNS).scores

    assert scores.null_count().sum_horizontal()[0] == 0
    assert np.isfinite(scores["uplift_mail"].to_numpy()).all()


def test_files_are_read_whatever_their_kind(tmp_path: Path) -> None:
    table = trial_table(members=50)
    table.write_csv(tmp_path / "semicolons.csv", separator=";")
    write_table(table, tmp_path / "table.parquet")
    write_table(table, tmp_path / "table.csv")
    (tmp_path / "broken.csv").write_bytes(b"a,b\n1,2,3\n\xff\xfe")

    assert read_table(tmp_path / "table.parquet").equals(table)
    assert read_table(tmp_path / "table.csv").equals(read_table(tmp_path / "semicolons.csv"))
    with pytest.raises(UnreadableTable):
        read_table(tmp_path / "broken.csv")


def test_rows_without_a_member_are_numbered() -> None:
    scores = score_uplift(trial_table().drop("member_id"), trial_table(seed=2).drop("member_id"), COLUMNS).scores

    assert scores["member_id"].to_list() == list(range(6000))


def test_an_amount_can_be_the_outcome() -> None:
    table = trial_table()
    chance = np.random.default_rng(5)
    amounts = table.with_columns(visit=pl.col("visit") * pl.Series(chance.gamma(2, 10, 6000)))
    read = read_trial(amounts, table, COLUMNS)

    model = learn(read.trial, seed=1, learners={"t_logit": t_logit})

    effects = model.score(encode(table, read.traits))
    likes = (table["books"] == "yes").to_numpy()
    assert effects.effects[likes, 1].mean() == pytest.approx(5, abs=1.5)
    assert (effects.lower(1.0) < effects.effects).all()


def test_a_random_score_has_no_qini_and_the_truth_has_much() -> None:
    chance = np.random.default_rng(6)
    treated, likes = chance.random(20_000) < 0.5, chance.random(20_000)
    outcomes = (chance.random(20_000) < 0.1 + 0.4 * likes * treated).astype(float)

    random = [qini_area(chance.random(20_000), treated, outcomes) for _ in range(20)]

    assert abs(float(np.mean(random))) < 0.002
    assert qini_area(likes, treated, outcomes) == pytest.approx(0.4 / 24, abs=0.004)
    assert qini_area(np.zeros(20_000), treated, outcomes) == pytest.approx(0, abs=1e-12)
    assert gain_under_budget(likes, treated, outcomes, share=0.1) == pytest.approx(0.1 * 0.4 * 0.45, abs=0.008)


def test_the_order_of_the_file_does_not_help_members_of_equal_score() -> None:
    chance = np.random.default_rng(7)
    treated, outcomes = chance.random(1000) < 0.5, chance.random(1000)
    order = np.argsort(-outcomes * treated)

    assert qini_area(np.zeros(1000), treated[order], outcomes[order]) == pytest.approx(0, abs=1e-12)


def test_the_regression_finds_what_made_the_outcome() -> None:
    chance = np.random.default_rng(8)
    traits = chance.normal(size=(20_000, 2))
    outcomes = (chance.random(20_000) < 1 / (1 + np.exp(1 - traits[:, 0]))).astype(float)

    fitted = fit_linear(traits, outcomes, logistic=True)

    assert fitted.weights == pytest.approx([-1, 1, 0], abs=0.06)
    assert stats.pearsonr(fitted.expect(traits), outcomes).statistic > 0.3
    assert fit_linear(traits, np.ones(20_000), logistic=True).expect(traits).min() > 0.99


@pytest.mark.parametrize("logistic", [True, False])
def test_what_is_expected_of_a_member_does_not_depend_on_who_is_asked_about_with_them(*, logistic: bool) -> None:
    chance = np.random.default_rng(4)
    traits = chance.normal(size=(1_003, 30))
    fitted = fit_linear(traits, (traits[:, 0] > 0).astype(float), logistic=logistic)

    together = fitted.expect(traits)

    for begin, end in ((0, 1), (1, 8), (8, 500), (500, 1_003)):
        assert np.array_equal(fitted.expect(traits[begin:end]), together[begin:end])
