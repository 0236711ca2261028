"""How often those come who come at all: one, and a Poisson regression of the visits beyond the first."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from scoring.forecast.calendar import Calendar
from scoring.forecast.covariates import of_count
from scoring.forecast.pooled import fit_pooled
from scoring.forecast.season import season_step
from scoring.forecast.slices import Slice, stack

Numbers = npt.NDArray[np.float64]


def expected_if_active(slices: Sequence[Slice], when: Calendar, now: Slice) -> Numbers:
    """Give the expected visits of the horizon, at least 1, of each member of `now` in case there is any.

    `slices` are in the order of the calendar's cutoffs.
    """
    active = [each.bought > 0 for each in slices]
    outcome = np.concatenate([each.bought[came] - 1 for each, came in zip(slices, active, strict=True)])
    if not outcome.size:
        return np.ones(now.members.len())
    covariates = np.concatenate([of_count(each)[came] for each, came in zip(slices, active, strict=True)])
    cutoff = stack(slices).astype(np.intp)[np.concatenate(active)]
    fit = fit_pooled(covariates, outcome, cutoff, link="log")
    levels = {each.cutoff_day: float(level) for each, level in zip(slices, fit.levels, strict=False)}
    level = levels.get(when.latest, float(fit.levels[0])) + season_step(_complete(levels, when), when)
    excess = np.exp(np.minimum(fit.score(of_count(now)) + level, np.log(when.horizon_days)))
    return 1 + np.minimum(excess, when.horizon_days - 1)


def _complete(levels: dict[int, float], when: Calendar) -> dict[int, float]:
    """A year-ago cutoff whose members all stayed away has no level of its own: it takes the latest's."""
    return {day: levels.get(day, levels.get(when.latest, 0.0)) for day in when.cutoffs}
