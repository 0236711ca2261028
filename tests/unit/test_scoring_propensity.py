"""Propensity from tables: it finds what is there, takes no protected trait, and refuses what cannot be learned."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from scoring.history.errors import CannotScore
from scoring.metrics import auc, calibration_error
from scoring.propensity import ScoredPropensity, score_propensity


def table(rows: int, seed: int) -> pl.DataFrame:
    chance = np.random.default_rng(seed)
    visits, city = chance.poisson(3, rows), chance.choice(["Omsk", "Perm"], rows)
    log_odds = -2 + 0.5 * visits + (city == "Perm")
    came = chance.random(rows) < 1 / (1 + np.exp(-log_odds))
    return pl.DataFrame(
        {"member_id": np.arange(rows) + seed * 10_000, "visits": visits, "city": city, "came": came * 1}
    )


def scored(folder: Path, train: pl.DataFrame, test: pl.DataFrame, target: str = "came") -> pl.DataFrame:
    train.write_csv(folder / "train.csv")
    test.write_csv(folder / "test.csv")
    return score_propensity(folder / "train.csv", folder / "test.csv", target=target, seed=1, threads=1).scores


def test_it_ranks_and_is_calibrated_and_the_same_again(tmp_path: Path) -> None:
    train, test = table(3_000, 1), table(3_000, 2)

    found = scored(tmp_path, train, test)

    came = test["came"].to_numpy().astype(float)
    assert found["member_id"].to_list() == [str(each) for each in test["member_id"]]
    assert auc(found["p"].to_numpy(), came) > 0.7
    assert calibration_error(found["p"].to_numpy(), came) < 0.04
    assert found.equals(scored(tmp_path, train, test))


def test_few_rows_are_enough_for_a_regression(tmp_path: Path) -> None:
    found = scored(tmp_path, table(40, 1), table(10, 2).drop("came"))

    assert found["p"].is_between(0, 1).all()


def test_protected_traits_teach_nothing(tmp_path: Path) -> None:
    train = table(200, 1).select("member_id", "came", Gender=pl.col("city"))

    with pytest.raises(CannotScore) as caught:
        scored(tmp_path, train, train)

    assert caught.value.reason == "no_features"


@pytest.mark.parametrize(("target", "reason"), [("absent", "missing_columns"), ("visits", "unusable_target")])
def test_a_target_that_is_no_yes_or_no_is_refused(tmp_path: Path, target: str, reason: str) -> None:
    with pytest.raises(CannotScore) as caught:
        scored(tmp_path, table(50, 1), table(50, 2), target)

    assert caught.value.reason == reason


def known(folder: Path, train: pl.DataFrame, test: pl.DataFrame) -> ScoredPropensity:
    """Score from Parquet, whose columns have types."""
    train.write_parquet(folder / "train.parquet")
    test.write_parquet(folder / "test.parquet")
    return score_propensity(folder / "train.parquet", folder / "test.parquet", target="came", seed=1, threads=1)


@pytest.mark.parametrize("kind", [pl.Int8, pl.Int64, pl.Float32, pl.Boolean, pl.String])
def test_a_target_of_any_type_is_the_same_target(tmp_path: Path, kind: type[pl.DataType]) -> None:
    plain = known(tmp_path, table(200, 1), table(50, 2))

    found = known(tmp_path, table(200, 1).with_columns(pl.col("came").cast(kind)), table(50, 2))

    assert found.scores.equals(plain.scores)


def test_columns_that_give_the_target_away_are_left_out_and_named(tmp_path: Path) -> None:
    train, test = table(2_000, 1), table(500, 2)
    came = pl.col("came") == 1
    late = {
        "paid": pl.when(came).then(pl.col("visits") + 1.5).otherwise(0.0),
        "came_at": pl.when(came).then(pl.lit(date(2026, 3, 1))),
        "page": pl.when(came).then(pl.lit("home")),
    }

    found = known(tmp_path, train.with_columns(**late), test.with_columns(**late))

    assert set(found.left_out) == set(late)
    assert found.scores.equals(known(tmp_path, train, test).scores)


def test_days_teach_in_csv_and_in_parquet_alike(tmp_path: Path) -> None:
    """Who joined lately comes; the day is all there is to learn from."""

    def joined(rows: int, seed: int) -> pl.DataFrame:
        days = np.random.default_rng(seed).integers(0, 400, rows)
        on = [date(2025, 1, 1) + timedelta(days=int(each)) for each in days]
        return pl.DataFrame({"member_id": np.arange(rows), "joined": on, "came": (days + seed > 250) * 1})

    train, test = joined(600, 1), joined(200, 2)
    came = test["came"].to_numpy().astype(float)

    typed, written = known(tmp_path, train, test).scores, scored(tmp_path, train, test)

    assert auc(typed["p"].to_numpy(), came) > 0.97
    assert written["p"].to_list() == pytest.approx(typed["p"].to_list())


def test_endless_worded_and_new_values_are_absent_ones(tmp_path: Path) -> None:
    train = table(400, 1).with_columns(gap=pl.when(pl.int_range(pl.len()) % 5 == 0).then(float("inf")).otherwise(2.5))
    test = table(60, 2).with_columns(visits=pl.lit("many"), city=pl.lit("Tomsk"), gap=pl.lit(None, dtype=pl.Float64))

    found = known(tmp_path, train, test).scores["p"]

    assert found.is_between(0, 1).all()
    assert found.n_unique() == 1


def test_numbered_rows_and_cards_teach_nothing(tmp_path: Path) -> None:
    train, test = table(400, 1), table(60, 2)
    plain = known(tmp_path, train, test).scores
    card = np.random.default_rng(5).permutation(10_000_000)

    found = known(
        tmp_path,
        train.with_row_index("row").with_columns(card_id=pl.Series(card[:400])),
        test.with_row_index("row").with_columns(card_id=pl.Series(card[400:460])),
    )

    assert found.scores.equals(plain)


def test_what_the_other_table_says_of_the_target_changes_nothing(tmp_path: Path) -> None:
    train, test = table(400, 1), table(60, 2)

    told = known(tmp_path, train, test).scores

    assert told.equals(known(tmp_path, train, test.with_columns(came=1 - pl.col("came"))).scores)
    assert told.equals(known(tmp_path, train, test.drop("came")).scores)


@pytest.mark.parametrize("value", [None, 2, -1])
def test_a_target_with_a_third_value_is_refused(tmp_path: Path, value: int | None) -> None:
    torn = table(50, 1).with_columns(came=pl.when(pl.int_range(pl.len()) == 7).then(pl.lit(value)).otherwise("came"))

    with pytest.raises(CannotScore) as caught:
        known(tmp_path, torn, table(10, 2))

    assert caught.value.reason == "unusable_target"


@pytest.mark.parametrize("rows", [0, 1])
def test_next_to_nothing_is_refused(tmp_path: Path, rows: int) -> None:
    with pytest.raises(CannotScore) as caught:
        known(tmp_path, table(50, 1).head(rows), table(10, 2))

    assert caught.value.reason == ("unusable_target" if rows else "empty_file")
