"""Logistic and linear regression with a ridge, small and deterministic."""

from dataclasses import dataclass

import numpy as np
from scipy import special

from scoring.arrays import Floats

_ROUNDS = 50
_ENOUGH = 1e-8
_RIDGE = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Linear:
    """A fitted regression on standardised traits; `weights` begins with the constant."""

    weights: Floats
    centre: Floats
    scale: Floats
    logistic: bool

    def expect(self, traits: Floats) -> Floats:
        """Give the expected outcome per member: a probability when the outcome is a fact.

        Column by column, for the library's product of matrices gives a row other bits in other places.
        """
        linear = np.full(len(traits), self.weights[0])
        for place, weight in enumerate(self.weights[1:]):
            linear += (traits[:, place] - self.centre[place]) / self.scale[place] * weight
        return np.asarray(special.expit(linear) if self.logistic else linear, dtype=np.float64)


def fit_linear(
    traits: Floats, outcomes: Floats, *, logistic: bool, ridge: float = _RIDGE, weights: Floats | None = None
) -> Linear:
    """Fit by penalised maximum likelihood; the constant is free, the ridge counts on standardised traits.

    `weights` says what each row counts; every row counts one without it.
    """
    centre = traits.mean(axis=0)
    scale = traits.std(axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    rows = np.column_stack([np.ones(len(traits)), (traits - centre) / scale])
    penalty = np.full(rows.shape[1], ridge)
    penalty[0] = 1e-9
    fit = _newton if logistic else _least_squares
    counted = np.ones(len(traits)) if weights is None else weights
    return Linear(weights=fit(rows, outcomes, penalty, counted), centre=centre, scale=scale, logistic=logistic)


def _least_squares(rows: Floats, outcomes: Floats, penalty: Floats, counted: Floats) -> Floats:
    weighed = rows * counted[:, None]
    return np.linalg.solve(weighed.T @ rows + np.diag(penalty), weighed.T @ outcomes).astype(np.float64)


def _newton(rows: Floats, outcomes: Floats, penalty: Floats, counted: Floats) -> Floats:
    """Newton's method; an outcome that never or always happens starts, and nearly stays, at a far constant."""
    weights = np.zeros(rows.shape[1])
    share = (float(counted @ outcomes) + 0.5) / (float(counted.sum()) + 1)
    weights[0] = np.log(share / (1 - share))
    for _ in range(_ROUNDS):
        chance = special.expit(rows @ weights)
        slope = rows.T @ (counted * (chance - outcomes)) + penalty * weights
        curvature = (rows * (counted * chance * (1 - chance))[:, None]).T @ rows + np.diag(penalty)
        step = np.linalg.solve(curvature, slope)
        longest = float(np.abs(step).max())
        weights -= step * min(1.0, 5.0 / longest) if longest > 0 else 0.0
        if longest < _ENOUGH:
            break
    return weights
