"""The level to go on from: a large shop's latest window as it is, a small one's drawn to the windows before."""

import numpy as np
import pytest

from scoring.forecast.calendar import Calendar
from scoring.forecast.pooled import fit_pooled
from scoring.forecast.season import errors_of_levels, latest_level, season_step

WHEN = Calendar(as_of_day=800, horizon_days=30, stacked=(770, 740, 710), year_ago=(436, 406), season_weight=1.0)
LEVELS = {770: -1.0, 740: -1.4, 710: -1.4, 436: -0.6, 406: -1.1}


def errors(each: float) -> dict[int, float]:
    return dict.fromkeys(LEVELS, each)


def test_the_latest_window_of_a_large_shop_stands() -> None:
    assert latest_level(LEVELS, errors(0.001), WHEN) == pytest.approx(-1.0, abs=1e-4)


def test_the_noisier_the_windows_the_closer_to_their_mean() -> None:
    found = [latest_level(LEVELS, errors(each), WHEN) for each in (0.05, 0.2, 1.0, 50.0)]

    assert found == sorted(found, reverse=True)
    assert found[-1] == pytest.approx(np.mean([-1.0, -1.4, -1.4]), abs=1e-3)


def test_a_window_without_a_level_is_passed_over() -> None:
    without = {day: level for day, level in LEVELS.items() if day != WHEN.latest}

    assert latest_level(without, errors(0.1), WHEN) == pytest.approx(-1.4)


def test_a_season_is_believed_as_far_as_it_is_more_than_noise() -> None:
    plain, sure, unsure = (season_step(LEVELS, WHEN, each) for each in (None, errors(0.01), errors(0.5)))

    assert plain == pytest.approx(0.5)
    assert sure == pytest.approx(0.5, abs=0.001)
    assert 0 < unsure < 0.2


def test_a_level_errs_less_the_more_came_of_it() -> None:
    cutoff = np.repeat([0, 1, 2], [4000, 40, 5]).astype(np.intp)

    found = errors_of_levels(np.full(cutoff.size, 0.3), cutoff, link="logit")

    assert found == pytest.approx([1 / np.sqrt(840), 1 / np.sqrt(8.4), 1 / np.sqrt(1.05)])
    assert errors_of_levels(np.full(3, 1e-9), np.zeros(3, np.intp), link="log") == [1.0]


@pytest.mark.parametrize(("seed", "far"), [(1, 10), (2, 15)])
def test_a_few_who_come_very_often_do_not_blow_up_the_regression_of_counts(seed: int, far: float) -> None:
    """Whole steps of Newton's method leap over the optimum here, and come to millions of visits."""
    chance = np.random.default_rng(seed)
    habit = chance.normal(0, 1, 2_000)
    habit[chance.random(2_000) < 0.01] += far
    visits = chance.poisson(np.exp(-2 + 0.6 * habit).clip(max=60)).astype(np.float64)
    covariates = np.stack([habit, habit + chance.normal(0, 0.05, 2_000)], axis=1)
    cutoff = (np.arange(2_000) % 4).astype(np.intp)

    fit = fit_pooled(covariates, visits, cutoff, link="log")

    assert np.exp(fit.score(covariates) + fit.levels[cutoff]).sum() == pytest.approx(visits.sum(), rel=0.01)
