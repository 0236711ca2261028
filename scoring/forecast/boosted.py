"""Gradient boosted trees over the traits, with monotone directions: the only file of the forecast that asks XGBoost."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import xgboost as xgb
from scipy import special

from scoring.forecast.bins import Singles, put_in_bins
from scoring.forecast.slices import Slice

Numbers = npt.NDArray[np.float64]

ROUNDS = 250
TRAINING_ROWS = 150_000
"""More rows of the same members teach no more (made-up shop of 100,000: AUC .9027 with 150,000 and with 390,000)."""
_GRAIN = np.float32(2**-24)
"""Multiples of it up to one are singles, and doubles sum them without rounding, half a billion of them."""
_SHAPE = {"max_depth": 4, "eta": 0.05, "min_child_weight": 20, "lambda": 5.0, "tree_method": "hist"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Boosted:
    """Trained trees. Their score is in log-odds beside the level of the cutoff, which comes from elsewhere."""

    booster: xgb.Booster
    threads: int

    def score(self, values: Numbers) -> Numbers:
        matrix = xgb.DMatrix(values, base_margin=np.zeros(values.shape[0]), nthread=self.threads)
        return self.booster.predict(matrix, output_margin=True).astype(np.float64)

    def shares(self, values: Numbers) -> Numbers:
        """Split each score among the columns (Saabas 2014): rows by columns, in log-odds, without the bias."""
        matrix = xgb.DMatrix(values, base_margin=np.zeros(values.shape[0]), nthread=self.threads)
        told = self.booster.predict(matrix, pred_contribs=True, approx_contribs=True)
        shares: Numbers = told[:, :-1].astype(np.float64)
        return shares


Grower = Callable[[Mapping[str, object], Singles, npt.NDArray[np.bool_], Numbers], xgb.Booster]
"""Grows trees from settings, rows in bins, outcomes and margins: here, or on other machines; the bits are the same."""


def grow_here(
    told: Mapping[str, object], values: Singles, outcome: npt.NDArray[np.bool_], margin: Numbers
) -> xgb.Booster:
    """Grow in this process: the same rows and seed give the same bits, whatever the threads."""
    matrix = xgb.QuantileDMatrix(values, label=outcome, base_margin=margin, nthread=told["nthread"])
    return xgb.train(dict(told), matrix, num_boost_round=ROUNDS, obj=slopes_of)


def slopes_of(margin: Singles, matrix: xgb.DMatrix) -> tuple[Singles, Singles]:
    """Give the slope and the curve of the log loss of each row, in whole grains.

    Sums of them are exact, so that a tree does not depend on who adds them up in which order.
    """
    chance: Singles = special.expit(margin)
    return _in_grains(chance - matrix.get_label()), _in_grains(chance * (1 - chance))


def _in_grains(numbers: Singles) -> Singles:
    grains: Singles = np.rint(numbers / _GRAIN) * _GRAIN
    return grains


def fit_boosted(
    slices: Sequence[Slice],
    levels: Numbers,
    directions: Sequence[int],
    *,
    seed: int,
    threads: int,
    grow: Grower = grow_here,
) -> Boosted:
    """Train on stacked slices. `levels` are log-odds of the cutoffs: trees learn members, not the time of the year."""
    rows = sum(each.members.len() for each in slices)
    stride = max(1, -(-rows // TRAINING_ROWS))
    values = np.concatenate([each.values[seed % stride :: stride] for each in slices], dtype=np.float32)
    put_in_bins(values)
    outcome = np.concatenate([each.bought[seed % stride :: stride] > 0 for each in slices])
    counted = [each.values[seed % stride :: stride].shape[0] for each in slices]
    margin = np.repeat(levels, counted)
    told = {
        **_SHAPE,
        "objective": "binary:logistic",
        "monotone_constraints": "(" + ",".join(map(str, directions)) + ")",
        "seed": seed,
        "nthread": threads,
    }
    return Boosted(booster=grow(told, values, outcome, margin), threads=threads)
