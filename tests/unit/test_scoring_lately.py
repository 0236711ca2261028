"""A horizon of several months goes on from where the last month stood, and by half of that alone."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from scoring.forecast.calendar import Calendar
from scoring.forecast.lately import BELIEVED, Moved, learn_moved, months_of, moved
from scoring.forecast.learned import learn
from scoring.forecast.season import LEVEL_SD
from scoring.forecast.slices import Slice, fit_purchase_models, slice_at
from scoring.history.visits import fold_visits

WHEN = Calendar(as_of_day=800, horizon_days=90, stacked=(710, 680), year_ago=None, season_weight=0.0)
SURE = {770: 0.0, 740: 0.0, 710: 0.0}


def shop(*, fell_by: float, members: int = 300, days: int = 360, fell_on: int = 330) -> pl.DataFrame:
    """Members who come at random, all of them less often from one day on."""
    chance = np.random.default_rng(8)
    rate = chance.gamma(2.0, 1 / 60, members)
    began = chance.integers(0, 100, members)
    parts = []
    for day in range(days):
        level = rate * (1 - fell_by if day >= fell_on else 1.0)
        came = np.flatnonzero(((chance.random(members) < level) & (day > began)) | (day == began))
        parts.append(pl.DataFrame({"member": came, "day": np.full(came.size, day)}))
    on = pl.col("day").cast(pl.Int32)
    lines = pl.concat(parts).with_columns(
        member=pl.col("member").cast(pl.UInt32), day=on, known_day=on, order=pl.col("day").cast(pl.String),
        category=pl.lit(None, dtype=pl.String), quantity=pl.lit(1.0), amount=pl.lit(10.0),
        is_return=pl.lit(value=False),
    )  # fmt: skip
    names = ("member", "day", "known_day", "order", "category", "quantity", "amount", "is_return")
    return fold_visits(lines.select(names).lazy()).collect()


def learned(visits: pl.DataFrame, as_of_day: int, horizon_days: int) -> Moved:
    when = months_of(replace(WHEN, as_of_day=as_of_day, horizon_days=horizon_days))
    assert when is not None
    models = fit_purchase_models(visits, as_of_day)
    return learn_moved([slice_at(visits, day, when.horizon_days, models) for day in when.stacked], when)


def test_the_months_of_a_window_are_its_own() -> None:
    months = months_of(WHEN)

    assert months is not None
    assert months.stacked == (770, 740, 710)
    assert months.horizon_days == 30


@pytest.mark.parametrize("horizon_days", [1, 7, 30, 44])
def test_a_horizon_of_hardly_more_than_a_month_has_none(horizon_days: int) -> None:
    assert months_of(replace(WHEN, horizon_days=horizon_days)) is None


def test_half_of_what_the_last_month_is_off_its_window_is_believed() -> None:
    months = months_of(WHEN)
    assert months is not None

    assert moved({770: -1.0, 740: -1.6, 710: -1.6}, SURE, months) == pytest.approx(BELIEVED * 0.4)
    assert moved({770: -1.0, 710: -2.0}, SURE, months) == pytest.approx(BELIEVED * 0.5)
    assert moved({740: -1.0, 710: -2.0}, SURE, months) == 0.0


def test_of_few_members_it_is_believed_as_far_as_it_is_more_than_noise() -> None:
    months = months_of(WHEN)
    assert months is not None

    assert moved({770: -1.0, 710: -2.0}, dict.fromkeys(SURE, LEVEL_SD), months) == pytest.approx(BELIEVED * 0.25)


def test_as_far_as_the_season_is_known_its_step_says_it_alone() -> None:
    half, whole = (months_of(replace(WHEN, year_ago=(436, 346), season_weight=share)) for share in (0.5, 1.0))

    assert whole is None
    assert half is not None
    assert half.year_ago is None
    assert moved({770: -1.0, 740: -1.6, 710: -1.6}, SURE, half) == pytest.approx(BELIEVED * 0.2)


def test_a_trade_that_fell_a_month_ago_is_gone_on_with_lower() -> None:
    as_before, fallen = (learned(shop(fell_by=share), 359, 90) for share in (0.0, 0.6))

    assert abs(as_before.chance) < 0.15
    assert fallen.chance < as_before.chance - 0.15


def test_months_in_which_nobody_came_move_nothing() -> None:
    found = learned(shop(fell_by=1.0, fell_on=150), 359, 90)

    assert found.counts == 0.0
    assert np.isfinite(found.chance)


@pytest.mark.parametrize(("horizon_days", "asked"), [(30, 0), (90, 1), (300, 0)])
def test_only_horizons_of_months_that_could_be_rehearsed_ask_for_them(
    monkeypatch: pytest.MonkeyPatch, horizon_days: int, asked: int
) -> None:
    seen: list[Calendar] = []

    def watched(months: Sequence[Slice], when: Calendar) -> Moved:
        seen.append(when)
        return learn_moved(months, when)

    monkeypatch.setattr("scoring.forecast.learned.learn_moved", watched)

    found = learn(shop(fell_by=0.5), as_of_day=359, horizon_days=horizon_days, seed=0, threads=1)

    assert found.rehearsed is not None
    assert len(seen) == asked
