"""Pareto/NBD as a candidate: members may leave while silent, so that who bought once is not alive for sure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from scoring.forecast.pooled import Pooled, fit_pooled
from scoring.forecast.slices import THIN_MEMBERS, Slice, stack
from scoring.purchase_models.pareto_nbd import ParetoNbd, fit_pareto_nbd

Numbers = npt.NDArray[np.float64]

FIT_MEMBERS = 4_000
"""Four parameters learn little from more members, and each of them costs an integral a step."""
FIT_ROWS = 60_000
"""So many rows of all slices together teach the one slope; each costs two integrals."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lives:
    """A fitted model, and the regression that sets its log-odds on the scale of what came."""

    model: ParetoNbd
    horizon_days: int
    fit: Pooled

    def score(self, known: Slice) -> Numbers:
        """Give log-odds of a purchase within the horizon, beside the level of the cutoff."""
        return self.fit.score(_log_odds(self.model, self.horizon_days, *_history(known)))


def fit_lives(slices: Sequence[Slice], horizon_days: int) -> Lives:
    """Fit the model on the histories of the latest slice, and the regression on the labels of all of them."""
    history = _history(slices[0])
    stride = max(1, -(-slices[0].members.len() // FIT_MEMBERS))
    some = (history[0][::stride], history[1][::stride], history[2][::stride])
    model = fit_pareto_nbd(*some, prior=1.0 if some[0].size < THIN_MEMBERS else 0.0)
    cutoff = stack(slices).astype(np.intp)
    stride = max(1, -(-cutoff.size // FIT_ROWS))
    told = [np.concatenate(each)[::stride] for each in zip(*map(_history, slices), strict=True)]
    outcome = np.concatenate([each.bought > 0 for each in slices]).astype(np.float64)
    fit = fit_pooled(_log_odds(model, horizon_days, *told), outcome[::stride], cutoff[::stride], link="logit")
    return Lives(model=model, horizon_days=horizon_days, fit=fit)


def _history(known: Slice) -> tuple[Numbers, Numbers, Numbers]:
    """Give frequency, recency and age as the model has them, in days."""
    age = known.column("age_days")
    return known.column("visits") - 1, age - known.column("recency_days"), age


def _log_odds(model: ParetoNbd, horizon_days: int, frequency: Numbers, recency: Numbers, age: Numbers) -> Numbers:
    chance = np.clip(model.p_active(frequency, recency, age, horizon=float(horizon_days)), 1e-6, 1 - 1e-6)
    log_odds: Numbers = special.logit(chance)[:, None]
    return log_odds
