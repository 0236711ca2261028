"""Forecasts of the next purchase: no word of the future, the same bits again, sense where there is little to go on."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from scoring.features.at_cutoff import features_at
from scoring.features.traits import TRAITS
from scoring.files import ScoredHistory, score_history, score_taste
from scoring.forecast.calendar import calendar, rehearsal_horizon
from scoring.history.errors import CannotScore
from scoring.history.visits import day_number

START = date(2025, 1, 1)
AS_OF = date(2025, 9, 30)


def shop(members: int = 150, days: int = 330) -> pl.DataFrame:
    """A shop whose members differ in their rate and leave some day; it goes on after the as-of day."""
    chance = np.random.default_rng(11)
    rows: list[tuple[object, ...]] = []
    for member in range(members):
        rate, leaves = chance.gamma(1.2, 1 / 25), chance.exponential(250)
        at = chance.uniform(0, 150)
        left = at + leaves
        while at < min(days, left):
            day = START + timedelta(days=int(at))
            category = f"c{chance.integers(0, 3) + member % 5}"
            rows.append((f"m{member:04}", day, f"{member}-{len(rows)}", category, 1, float(chance.gamma(4, 5))))
            at += 1 + chance.exponential(1 / max(rate, 1e-3))
    columns = ["member_id", "at", "order_id", "category", "quantity", "amount"]
    return pl.DataFrame(rows, schema=columns, orient="row")


def scored(folder: Path, rows: pl.DataFrame, *, as_of: date = AS_OF, horizon_days: int = 30) -> ScoredHistory:
    path = folder / "history.parquet"
    rows.write_parquet(path)
    return score_history(
        path, as_of=as_of, horizon_days=horizon_days, zone="UTC", seed=5, threads=1, watch=lambda *_: None
    )


def test_the_future_changes_no_bit(tmp_path: Path) -> None:
    """Shuffled, taken away, or made up: rows after the as-of day are as if they were not there."""
    whole = shop()
    past = whole.filter(pl.col("at") <= AS_OF)
    invented = whole.filter(pl.col("at") > AS_OF).with_columns(amount=pl.col("amount") * 1000, member_id=pl.lit("new"))

    first = scored(tmp_path, whole).scores
    alone = scored(tmp_path, past).scores
    shuffled = scored(tmp_path, pl.concat([past, invented]).sample(fraction=1, shuffle=True, seed=3)).scores

    assert first.equals(alone)
    assert first.equals(shuffled)


def test_traits_at_a_cutoff_know_nothing_after_it() -> None:
    visits = shop().select(
        member=pl.col("member_id").rank("dense").cast(pl.UInt32) - 1,
        day=pl.col("at").cast(pl.Int32),
        known_day=pl.col("at").cast(pl.Int32),
        amount="amount",
        quantity=pl.lit(1.0),
        **{name: pl.lit(1, dtype=pl.Int32) for name in ("lines", "orders", "categories", "fresh")},
        returned=pl.lit(0.0),
    ).sort("member", "day").unique(["member", "day"], maintain_order=True, keep="first")  # fmt: skip
    cutoff = day_number(date(2025, 6, 1))

    known = features_at(visits, cutoff)

    assert known.equals(features_at(visits.filter(pl.col("day") <= cutoff), cutoff))
    assert known.columns == ["member", *(each.name for each in TRAITS)]
    assert (known["recency_days"] >= 0).all()


def test_scores_are_chances_and_go_together(tmp_path: Path) -> None:
    found = scored(tmp_path, shop())

    scores = found.scores
    assert scores.columns == ["member_id", "p_active", "expected_purchases", "expected_spend"]
    assert scores["p_active"].is_between(0, 1).all()
    assert (scores["expected_purchases"] >= scores["p_active"] - 1e-9).all()
    assert (scores["expected_spend"] >= 0).all()
    assert scores["member_id"].is_unique().all()


@pytest.mark.parametrize("horizon_days", [1, 30, 400])
def test_one_member_is_scored_too(tmp_path: Path, horizon_days: int) -> None:
    rows = pl.DataFrame({"member_id": ["A"] * 3, "at": [date(2025, 9, n) for n in (1, 9, 20)], "amount": [5.0, 6, 7]})

    found = scored(tmp_path, rows, horizon_days=horizon_days).scores

    assert found.height == 1
    assert 0 < found["p_active"][0] < 1
    assert np.isfinite(found["expected_spend"][0])


def test_members_all_alike_are_scored_alike(tmp_path: Path) -> None:
    rows = pl.DataFrame({"member_id": [f"m{n}" for n in range(50)], "at": [AS_OF] * 50, "amount": [9.0] * 50})

    found = scored(tmp_path, rows).scores

    assert found["p_active"].n_unique() == 1
    assert found.null_count().sum_horizontal()[0] == 0


def test_purchases_of_unknown_money_are_scored(tmp_path: Path) -> None:
    rows = shop(60).with_columns(amount=pl.lit(float("nan")))

    found = scored(tmp_path, rows)

    assert found.notes.without_amount > 0
    assert found.scores["expected_spend"].to_list() == [0.0] * found.scores.height


def test_labels_end_by_the_day_of_the_forecast() -> None:
    first, today = 0, 700

    for horizon_days in (7, 30, 90):
        when = calendar(first, today, rehearsal_horizon(first, today, horizon_days))

        assert when is not None
        assert max(when.cutoffs) + when.horizon_days <= today


def test_a_horizon_without_a_day_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CannotScore) as caught:
        scored(tmp_path, shop(5), horizon_days=0)

    assert caught.value.reason == "horizon_too_short"


def test_tastes_put_favourites_first_as_a_rule_and_know_no_future(tmp_path: Path) -> None:
    whole, path = shop(40), tmp_path / "taste.parquet"
    found = []
    for rows in (whole, whole.filter(pl.col("at") <= AS_OF).sample(fraction=1, shuffle=True, seed=2)):
        rows.write_parquet(path)
        found.append(score_taste(path, as_of=AS_OF, zone="UTC", top=6, watch=lambda *_: None)[0])

    assert found[0].equals(found[1])
    best = found[0].group_by("member_id", maintain_order=True).first()
    bought = whole.filter(pl.col("at") <= AS_OF).select("member_id", "category").unique()
    assert best.join(bought, on=["member_id", "category"], how="semi").height >= 0.9 * best.height
    assert (found[0].group_by("member_id").len()["len"] <= 6).all()
