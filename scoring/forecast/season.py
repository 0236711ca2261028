"""Where the level of the trade goes next: on from the latest window, moved by what the same step did a year ago."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from scoring.forecast.calendar import Calendar
from scoring.forecast.covariates import of_season
from scoring.forecast.pooled import fit_pooled
from scoring.forecast.slices import Slice, stack

STEADY_LOG_SD = 0.15
"""How far baskets are believed to move in truth; a noisier estimate is trusted less."""


def chance_step(slices: Sequence[Slice], when: Calendar) -> float:
    """Give by how much the log-odds of a purchase move, between members alike, from the latest window to the coming."""
    if when.year_ago is None:
        return 0.0
    kept = [of_season(each) for each in slices]
    covariates = np.concatenate([values[there] for values, there in kept])
    outcome = np.concatenate([each.bought[there] > 0 for each, (_, there) in zip(slices, kept, strict=True)])
    cutoff = stack(slices).astype(np.intp)[np.concatenate([there for _, there in kept])]
    fit = fit_pooled(covariates, outcome.astype(np.float64), cutoff, link="logit")
    padded = np.pad(fit.levels, (0, len(slices) - fit.levels.size), mode="edge")
    return season_step({each.cutoff_day: float(level) for each, level in zip(slices, padded, strict=True)}, when)


def season_step(levels: Mapping[int, float], when: Calendar) -> float:
    """Give by how much the level moves from the latest window to the coming one; 0 without a year of history."""
    if when.year_ago is None:
        return 0.0
    now_then, before_then = when.year_ago
    return when.season_weight * (levels[now_then] - levels[before_then])


@dataclass(frozen=True, slots=True, kw_only=True)
class BasketLevel:
    """Logarithm of actual over expected money of the visits that came, and its standard error."""

    log_ratio: float
    error: float


def basket_level(known: Slice) -> BasketLevel:
    expected = known.bought * known.basket
    whole, actual = float(expected.sum()), float(known.spent.sum())
    if whole <= 0 or actual <= 0:
        return BasketLevel(log_ratio=0.0, error=1.0)
    ratio = actual / whole
    residual = float(np.sqrt(np.square(known.spent - ratio * expected).sum()))
    return BasketLevel(log_ratio=float(np.log(ratio)), error=residual / actual)


def coming_basket_ratio(slices: Sequence[Slice], when: Calendar) -> float:
    """Give what expected baskets are to be multiplied by, so that totals are right.

    The latest window is trusted as far as it is steady, else the mean of the stacked ones; so is the year-ago step.
    """
    levels = {each.cutoff_day: basket_level(each) for each in slices}
    stacked = [levels[day] for day in when.stacked]
    usual = sum(each.log_ratio / (each.error**2 + STEADY_LOG_SD**2) for each in stacked)
    usual /= sum(1 / (each.error**2 + STEADY_LOG_SD**2) for each in stacked)
    latest = stacked[0]
    found = usual + _trust(latest.error) * (latest.log_ratio - usual)
    if when.year_ago is not None:
        now_then, before_then = (levels[day] for day in when.year_ago)
        step = season_step({day: level.log_ratio for day, level in levels.items()}, when)
        found += _trust(float(np.hypot(now_then.error, before_then.error))) * step
    return float(np.exp(found))


def _trust(error: float) -> float:
    return STEADY_LOG_SD**2 / (STEADY_LOG_SD**2 + error**2)
