"""Shops of every size: plain models where trade is thin, trees where it is dense, and sense on the very first days."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from scoring.files import ScoredHistory, score_history
from scoring.forecast.candidates import Candidate

AS_OF = date(2025, 10, 31)
TREES = {Candidate.BOOSTED, Candidate.BLEND}


def shop(members: int, *, gap_days: float, days: int = 300, seed: int = 2) -> pl.DataFrame:
    """Members who came first in the first third of the days and come every so many days on average; a third leaves."""
    chance = np.random.default_rng(seed)
    rows = []
    for member in range(members):
        gap, at = gap_days * chance.gamma(3, 1 / 3), chance.uniform(0, days / 3)
        stays = days if chance.random() < 0.67 else chance.uniform(at, days)
        while at < stays:
            day = AS_OF - timedelta(days=days - 1 - int(at))
            rows.append((f"m{member:04}", day, float(chance.gamma(4, 50))))
            at += 1 + chance.exponential(gap)
    return pl.DataFrame(rows, schema=["member_id", "at", "amount"], orient="row")


def scored(folder: Path, rows: pl.DataFrame, *, horizon_days: int = 30) -> ScoredHistory:
    rows.write_parquet(folder / "history.parquet")
    return score_history(
        folder / "history.parquet",
        as_of=AS_OF,
        horizon_days=horizon_days,
        zone="UTC",
        seed=0,
        threads=1,
        watch=lambda *_: None,
    )


def test_a_small_shop_of_sparse_trade_is_told_by_plain_models(tmp_path: Path) -> None:
    told = scored(tmp_path, shop(500, gap_days=150)).learned

    assert told.rehearsed is not None
    assert told.rehearsed.trained.boosted is None
    assert told.champion not in TREES
    assert told.choice is not None
    assert not TREES & set(told.choice.tried), "trees are not even tried"


def test_a_small_shop_of_dense_trade_has_trees_to_choose_from(tmp_path: Path) -> None:
    told = scored(tmp_path, shop(120, gap_days=12)).learned

    assert told.rehearsed is not None
    assert told.rehearsed.trained.boosted is not None
    assert told.choice is not None
    assert Candidate.BOOSTED in told.choice.tried


@pytest.mark.parametrize(("days", "members"), [(1, 5), (7, 40), (20, 60)])
def test_a_programme_of_its_first_days_is_told_by_the_purchase_models(tmp_path: Path, days: int, members: int) -> None:
    chance = np.random.default_rng(days)
    rows = [
        (f"m{member:04}", AS_OF - timedelta(days=int(day)), 100.0)
        for member in range(members)
        for day in {0, *chance.integers(0, days, int(chance.integers(0, 3)))}
    ]
    table = pl.DataFrame(rows, schema=["member_id", "at", "amount"], orient="row")

    told = scored(tmp_path, table)

    p = told.scores["p_active"].to_numpy()
    assert told.learned.champion not in TREES
    assert told.scores.height == members
    assert np.isfinite(told.scores.select(pl.exclude("member_id")).to_numpy()).all()
    assert ((p > 0) & (p < 1)).all()
    assert (told.scores["expected_purchases"].to_numpy() >= p - 1e-9).all()


def test_whoever_came_often_in_the_first_week_is_expected_sooner(tmp_path: Path) -> None:
    days = {"often": (0, 1, 3, 5, 6), "once": (3,)}
    rows = [(f"{kind}{n}", AS_OF - timedelta(days=day), 10.0) for kind in days for n in range(20) for day in days[kind]]

    told = scored(tmp_path, pl.DataFrame(rows, schema=["member_id", "at", "amount"], orient="row")).scores

    often, once = (told.filter(pl.col("member_id").str.starts_with(kind)) for kind in days)
    assert float(often["p_active"][0]) > float(once["p_active"][0])
    assert float(often["expected_purchases"][0]) > float(once["expected_purchases"][0])
