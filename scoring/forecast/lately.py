"""Where the trade went within the latest window: the level of several months is their mean, the last may be off it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import special

from scoring.forecast.calendar import Calendar
from scoring.forecast.counts import fit_counts
from scoring.forecast.covariates import of_rfm
from scoring.forecast.pooled import fit_pooled
from scoring.forecast.season import LEVEL_SD, errors_of_levels, trust
from scoring.forecast.slices import Slice, stack

MONTH_DAYS = 30
FEWEST_MONTHS = 2
BELIEVED = 0.5
"""How much of the last month's distance to its window is taken to stay: all of it if levels only ever wandered, nothing
if they always came back. Where the year before tells the season, its step has that in it already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """By how much levels are to be moved on from the latest window: of a purchase, and of the visits beyond one."""

    chance: float = 0.0
    counts: float = 0.0


def months_of(when: Calendar) -> Calendar | None:
    """Give the months of the latest window as cutoffs of their own; None where they have nothing to tell.

    A horizon of hardly more than a month has none, and a season known in full needs none.
    """
    months = round(when.horizon_days / MONTH_DAYS)
    if months < FEWEST_MONTHS or when.season_weight >= 1:
        return None
    begun = tuple(when.as_of_day - MONTH_DAYS * (place + 1) for place in range(months))
    return replace(when, horizon_days=MONTH_DAYS, stacked=begun, year_ago=None)


def learn_moved(months: Sequence[Slice], when: Calendar) -> Moved:
    """Learn from the labelled months of `months_of`, the last one first."""
    covariates = np.concatenate([of_rfm(each) for each in months])
    outcome = np.concatenate([each.bought > 0 for each in months]).astype(np.float64)
    cutoff = stack(months).astype(np.intp)
    fit = fit_pooled(covariates, outcome, cutoff, link="logit")
    errors = errors_of_levels(special.expit(fit.score(covariates) + fit.levels[cutoff]), cutoff, link="logit")
    counted = fit_counts(months)
    days = [each.cutoff_day for each in months]
    return Moved(
        chance=moved(dict(zip(days, fit.levels.tolist(), strict=True)), dict(zip(days, errors, strict=True)), when),
        counts=0.0 if counted is None else moved(counted.levels, counted.errors, when),
    )


def moved(levels: Mapping[int, float], errors: Mapping[int, float], when: Calendar) -> float:
    """Give what is believed of the last month's distance to the mean of the months; 0 where the last has no level."""
    if when.latest not in levels:
        return 0.0
    known = [levels[day] for day in when.stacked if day in levels]
    believed = BELIEVED * (1 - when.season_weight) * trust(errors[when.latest], LEVEL_SD)
    return believed * (levels[when.latest] - sum(known) / len(known))
