"""Propensity from tables: it finds what is there, takes no protected trait, and refuses what cannot be learned."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from scoring.history.errors import CannotScore
from scoring.metrics import auc, calibration_error
from scoring.propensity import score_propensity


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
    return score_propensity(folder / "train.csv", folder / "test.csv", target=target, seed=1, threads=1)


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
