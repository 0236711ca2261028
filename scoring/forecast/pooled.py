"""Pooled regressions: one slope for each covariate over all cutoffs, one level for each cutoff.

The levels are the fixed effects of a panel; how they move over the cutoffs is the season and the trend of the trade,
free of who the members happen to be.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import special

Numbers = npt.NDArray[np.float64]
Link = Literal["logit", "log"]

_STEPS = 50
_HALVINGS = 30
_ROUNDING = 1e-12
_RIDGE = 1.0
_FURTHEST = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pooled:
    """A fit. `score` is what its slopes say of a row; the level of the row's cutoff is added to it."""

    link: Link
    means: Numbers
    spreads: Numbers
    slopes: Numbers
    levels: Numbers

    def score(self, covariates: Numbers) -> Numbers:
        """Column by column, for the library's product of matrices gives a row other bits in other places."""
        shifted = np.zeros(covariates.shape[0])
        for place, slope in enumerate(self.slopes):
            shifted += (covariates[:, place] - self.means[place]) / self.spreads[place] * slope
        return shifted

    def shares(self, covariates: Numbers) -> Numbers:
        """Split each score among the covariates: rows by columns."""
        split: Numbers = (covariates - self.means) / self.spreads * self.slopes
        return split


def fit_pooled(covariates: Numbers, outcome: Numbers, cutoff: npt.NDArray[np.intp], *, link: Link) -> Pooled:
    """Fit by Newton's method with a ridge of one on the slopes and a light one on the levels.

    `covariates` is rows by columns, `cutoff` says which level a row has (from 0), `outcome` is 0 or 1 for the logit
    link and a count for the log link. The ridges keep a fit finite where an outcome never varies.
    """
    means, spreads = covariates.mean(axis=0), covariates.std(axis=0)
    spreads = np.where(spreads > 1e-9, spreads, 1.0)  # noqa: PLR2004
    levels = int(cutoff.max()) + 1
    design = np.concatenate([(covariates - means) / spreads, np.eye(levels)[cutoff]], axis=1)
    slopes = covariates.shape[1]
    usual = float(np.clip(outcome.mean(), 1e-3, None))
    start = float(special.logit(min(usual, 1 - 1e-3))) if link == "logit" else float(np.log(usual))
    centre = np.concatenate([np.zeros(slopes), np.full(levels, start)])
    ridge = np.concatenate([np.full(slopes, _RIDGE), np.full(levels, _RIDGE / 10)])
    found = centre.copy()
    for _ in range(_STEPS):
        mean, weight = _mean(design @ found, link)
        slope = design.T @ (outcome - mean) - ridge * (found - centre)
        curve = design.T @ (design * weight[:, None]) + np.diag(ridge)
        step = np.linalg.solve(curve, slope)
        found = _better(
            found, step, lambda told: _worth(design @ told, outcome, link) - ridge @ (told - centre) ** 2 / 2
        )
        if float(np.abs(step).max()) < 1e-9:  # noqa: PLR2004
            break
    return Pooled(link=link, means=means, spreads=spreads, slopes=found[:slopes], levels=found[slopes:])


def _better(found: Numbers, step: Numbers, worth: Callable[[Numbers], float]) -> Numbers:
    """Go as much of a step as does not make things worse: far from the optimum a whole one leaps over it."""
    before = worth(found)
    for halved in range(_HALVINGS):
        told: Numbers = found + step / 2**halved
        if worth(told) >= before - _ROUNDING * abs(before):
            return told
    return found


def _worth(score: Numbers, outcome: Numbers, link: Link) -> float:
    """Give the log-likelihood, without what does not depend on the score."""
    if link == "logit":
        return float(outcome @ score - np.logaddexp(0, score).sum())
    return float(outcome @ score - np.exp(np.clip(score, -_FURTHEST, _FURTHEST)).sum())


def level_that_meets(score: Numbers, total: float) -> float:
    """Give the level at which the chances of `score + level` sum to the total."""
    low, high = -_FURTHEST, _FURTHEST
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if float(special.expit(score + middle).sum()) < total else (low, middle)
    return (low + high) / 2


def _mean(score: Numbers, link: Link) -> tuple[Numbers, Numbers]:
    if link == "logit":
        mean = special.expit(score)
        return mean, np.maximum(mean * (1 - mean), 1e-9)
    mean = np.exp(np.clip(score, -_FURTHEST, _FURTHEST))
    return mean, np.maximum(mean, 1e-9)
