"""How often those come who come at all: one, and a Poisson regression of the visits beyond the first."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scoring.forecast.calendar import Calendar
from scoring.forecast.covariates import of_count
from scoring.forecast.pooled import Pooled, fit_pooled
from scoring.forecast.season import errors_of_levels, latest_level, season_step
from scoring.forecast.slices import Slice, stack

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """A fit and the level of the coming window; no fit where nobody ever came within a window."""

    fit: Pooled | None
    level: float
    horizon_days: int

    def expected(self, now: Slice) -> Numbers:
        """Give the expected visits of the horizon, at least 1, of each member in case there is any."""
        if self.fit is None:
            return np.ones(now.members.len())
        excess = np.exp(np.minimum(self.fit.score(of_count(now)) + self.level, np.log(self.horizon_days)))
        return 1 + np.minimum(excess, self.horizon_days - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A fit with the level of each cutoff at which anybody came, and its error."""

    fit: Pooled
    levels: dict[int, float]
    errors: dict[int, float]


def fit_counts(slices: Sequence[Slice]) -> Counted | None:
    """Fit labelled slices; None where nobody ever came."""
    active = [each.bought > 0 for each in slices]
    outcome = np.concatenate([each.bought[came] - 1 for each, came in zip(slices, active, strict=True)])
    if not outcome.size:
        return None
    covariates = np.concatenate([of_count(each)[came] for each, came in zip(slices, active, strict=True)])
    cutoff = stack(slices).astype(np.intp)[np.concatenate(active)]
    fit = fit_pooled(covariates, outcome, cutoff, link="log")
    expected = np.exp(fit.score(covariates) + fit.levels[cutoff])
    errors = errors_of_levels(expected, cutoff, link="log")
    days = [each.cutoff_day for each in slices]  # the last cutoffs have no level where nobody came there
    return Counted(
        fit=fit,
        levels=dict(zip(days, fit.levels.tolist(), strict=False)),
        errors=dict(zip(days, errors, strict=False)),
    )


def learn_counts(slices: Sequence[Slice], when: Calendar, *, moved: float = 0.0) -> Counts:
    """Learn from labelled slices, in the order of the calendar's cutoffs; `moved` is added to the level found."""
    told = fit_counts(slices)
    if told is None:
        return Counts(fit=None, level=0.0, horizon_days=when.horizon_days)
    level = latest_level(told.levels, told.errors, when)
    step = season_step(_complete(told.levels, when, level), when, _complete(told.errors, when, 1.0))
    return Counts(fit=told.fit, level=level + step + moved, horizon_days=when.horizon_days)


def _complete(known: dict[int, float], when: Calendar, otherwise: float) -> dict[int, float]:
    """A year-ago cutoff whose members all stayed away has nothing of its own."""
    return {day: known.get(day, otherwise) for day in when.cutoffs}
