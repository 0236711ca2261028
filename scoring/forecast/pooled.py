"""Pooled regressions: one slope for each covariate over all cutoffs, one level for each cutoff.

The levels are the fixed effects of a panel; how they move over the cutoffs is the season and the trend of the trade,
free of who the members happen to be.
"""

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
_SETTLED = 1e-6
"""Newton's steps square the error: after one so small, what is left is rounding."""
_FIRST_ROWS = 50_000
"""Where there are more rows, as many of them lead near to the optimum; two or three steps with all of them reach it."""
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
    found = centre
    for stride in sorted({max(1, -(-outcome.size // _FIRST_ROWS)), 1}, reverse=True):
        rows = np.ascontiguousarray(design[::stride])
        some = _Rows(design=rows, outcome=outcome[::stride], link=link, centre=centre, ridge=ridge)
        found = some.best(found)
    return Pooled(link=link, means=means, spreads=spreads, slopes=found[:slopes], levels=found[slopes:])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rows:
    """What a regression is fitted on. `ridge` draws its numbers to `centre`."""

    design: Numbers
    outcome: Numbers
    link: Link
    centre: Numbers
    ridge: Numbers

    def best(self, found: Numbers) -> Numbers:
        """Go from some numbers to the best ones, by Newton's method."""
        score = self.design @ found
        for _ in range(_STEPS):
            mean, weight = _mean(score, self.link)
            slope = self.design.T @ (self.outcome - mean) - self.ridge * (found - self.centre)
            curve = self.design.T @ (self.design * weight[:, None]) + np.diag(self.ridge)
            step = np.linalg.solve(curve, slope).astype(np.float64, copy=False)
            found, score = self._better(found, score, step)
            if float(np.abs(step).max()) < _SETTLED:
                break
        return found

    def _better(self, found: Numbers, score: Numbers, step: Numbers) -> tuple[Numbers, Numbers]:
        """Go as much of a step as does not make things worse: far from the optimum a whole one leaps over it."""
        before, further = self._worth(found, score), self.design @ step
        for halved in range(_HALVINGS):
            told, scored = found + step / 2**halved, score + further / 2**halved
            if self._worth(told, scored) >= before - _ROUNDING * abs(before):
                return told, scored
        return found, score

    def _worth(self, found: Numbers, score: Numbers) -> float:
        return _worth(score, self.outcome, self.link) - float(self.ridge @ (found - self.centre) ** 2) / 2


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
