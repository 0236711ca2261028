"""Where the level of the trade goes next: on from the latest window, moved by what the same step did a year ago."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from scoring.forecast.calendar import Calendar
from scoring.forecast.covariates import of_season
from scoring.forecast.pooled import Link, fit_pooled
from scoring.forecast.slices import Slice, stack

Numbers = npt.NDArray[np.float64]
Rows = npt.NDArray[np.bool_]

_LEAST_VARIANCE = 1.0
"""A window in which hardly anything could be expected errs by one, not without end."""

LOYAL_DAYS = 60
STEADY_LOG_SD = 0.15
"""How far baskets are believed to move in truth; a noisier estimate is trusted less."""
LEVEL_SD = 0.2
"""How far the level of a purchase, in log-odds or a logarithm, is believed to move in truth from window to window."""
STEP_SD = 0.5
"""How far a season is believed to move it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """By how much log-odds of a purchase move from the latest window to the coming one: of the loyal, of the others."""

    loyal: float
    others: float

    def of(self, now: Slice) -> Numbers:
        return np.where(now.column("recency_days") < LOYAL_DAYS, self.loyal, self.others)


def learn_steps(slices: Sequence[Slice], when: Calendar) -> Steps:
    """Learn the steps from what the same step of the calendar did a year ago.

    The loyal come anyway, the lapsed come back for the season: those seen in the last 60 days have a step of their own.
    """
    if when.year_ago is None:
        return Steps(loyal=0.0, others=0.0)
    kept = [of_season(each) for each in slices]
    loyal = [each.column("recency_days") < LOYAL_DAYS for each in slices]
    steps = [
        _chance_step(slices, kept, [there & one for (_, there), one in zip(kept, group, strict=True)], when)
        for group in (loyal, [~each for each in loyal])
    ]
    return Steps(loyal=steps[0], others=steps[1])


def _chance_step(
    slices: Sequence[Slice], kept: Sequence[tuple[Numbers, Rows]], group: Sequence[Rows], when: Calendar
) -> float:
    if not all(rows.any() for rows in group):
        return 0.0
    covariates = np.concatenate([values[rows] for (values, _), rows in zip(kept, group, strict=True)])
    outcome = np.concatenate([each.bought[rows] > 0 for each, rows in zip(slices, group, strict=True)])
    cutoff = stack(slices).astype(np.intp)[np.concatenate(group)]
    fit = fit_pooled(covariates, outcome.astype(np.float64), cutoff, link="logit")
    counted = errors_of_levels(special.expit(fit.score(covariates) + fit.levels[cutoff]), cutoff, link="logit")
    days = [each.cutoff_day for each in slices]
    return season_step(dict(zip(days, fit.levels.tolist(), strict=True)), when, dict(zip(days, counted, strict=True)))


def season_step(levels: Mapping[int, float], when: Calendar, errors: Mapping[int, float] | None = None) -> float:
    """Give by how much the level moves from the latest window to the coming one; 0 without a year of history.

    With the levels' errors, the step is trusted as far as it is more than noise: seasons measured on little are shrunk
    (Miller and Williams, "Shrinkage Estimators of Time Series Seasonal Factors", 2003).
    """
    if when.year_ago is None:
        return 0.0
    now_then, before_then = when.year_ago
    error = 0.0 if errors is None else float(np.hypot(errors[now_then], errors[before_then]))
    return when.season_weight * trust(error, STEP_SD) * (levels[now_then] - levels[before_then])


def errors_of_levels(expected: Numbers, cutoff: npt.NDArray[np.intp], *, link: Link) -> list[float]:
    """Give each cutoff's error of its level from what was expected of its rows: one over the root of the variance."""
    variance = np.bincount(cutoff, expected * (1 - expected) if link == "logit" else expected)
    return [float(each) for each in 1 / np.sqrt(np.maximum(variance, _LEAST_VARIANCE))]


def latest_level(levels: Mapping[int, float], errors: Mapping[int, float], when: Calendar) -> float:
    """Give the level to go on from: the latest window's, drawn to the mean of the stacked ones as far as it is noise.

    A large shop's latest window stands as it is. In a shop of a hundred members one window errs by a fifth.
    """
    stacked = [day for day in when.stacked if day in levels]
    weights = {day: 1 / (errors[day] ** 2 + LEVEL_SD**2) for day in stacked}
    usual = sum(weights[day] * levels[day] for day in stacked) / sum(weights.values())
    latest = when.latest if when.latest in levels else stacked[0]
    return usual + trust(errors[latest], LEVEL_SD) * (levels[latest] - usual)


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
    found = usual + trust(latest.error) * (latest.log_ratio - usual)
    if when.year_ago is not None:
        now_then, before_then = (levels[day] for day in when.year_ago)
        step = season_step({day: level.log_ratio for day, level in levels.items()}, when)
        found += trust(float(np.hypot(now_then.error, before_then.error))) * step
    return float(np.exp(found))


def trust(error: float, steady: float = STEADY_LOG_SD) -> float:
    """Give how far something that errs so is believed, when in truth it moves by `steady`."""
    return steady**2 / (steady**2 + error**2)
