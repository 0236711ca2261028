"""The few covariates of the regressions: recency, frequency and the purchase models, on scales of logarithms."""

import numpy as np
import numpy.typing as npt
from scipy import special

from scoring.forecast.calendar import LOOK_BACK_DAYS
from scoring.forecast.slices import Slice

Numbers = npt.NDArray[np.float64]

_LONGEST_DAYS = 360
"""Beyond a year of silence all are alike; without the bound a young history and an old one could not be compared."""
RFM_NAMES = (
    *("recency_days", "age_days", "gap_mean_days", "overdue"),
    *("visits", "visits_30d", "visits_60d", "visits_180d", "rate_20d", "rate_60d", "rate_180d"),
    *("basket_mean", "model_chance"),
)
"""The trait behind each column of `of_rfm`."""
_COUNTS = ("visits", "visits_30d", "visits_60d", "visits_180d", "rate_20d", "rate_60d", "rate_180d")


def of_purchase_model(known: Slice) -> Numbers:
    """Give the one covariate of the plainest candidate: the log-odds that BG/NBD gives."""
    log_odds: Numbers = special.logit(known.chance)[:, None]
    return log_odds


def of_rfm(known: Slice) -> Numbers:
    """Give recency, frequency, age, rhythm, money and BG/NBD's log-odds."""
    recency, age = known.column("recency_days"), known.column("age_days")
    gap = np.nan_to_num(known.column("gap_mean_days"), nan=_LONGEST_DAYS)
    columns = [
        np.log1p(np.minimum(recency, _LONGEST_DAYS)),
        np.log1p(np.minimum(age, _LONGEST_DAYS)),
        np.log1p(np.minimum(gap, _LONGEST_DAYS)),
        np.log1p(recency / np.maximum(gap, 1)),
        *(np.log1p(known.column(name)) for name in _COUNTS),
        np.log1p(np.maximum(known.column("basket_mean"), 0)),
        special.logit(known.chance),
    ]
    values: Numbers = np.nan_to_num(np.stack(columns, axis=1))
    return values


def of_season(known: Slice) -> tuple[Numbers, npt.NDArray[np.bool_]]:
    """Give covariates that look back half a year and no further, and who was there in it.

    A young history does not know its long-silent members yet, so everyone in it looks more alive than later. Among
    members seen in the last half-year, and by that half-year alone, young and old histories compare.
    """
    recency = known.column("recency_days")
    columns = [np.log1p(recency), *(np.log1p(known.column(name)) for name in _COUNTS[1:5])]
    return np.stack(columns, axis=1), recency < LOOK_BACK_DAYS


def of_count(known: Slice) -> Numbers:
    """Give what tells how often those come who come at all."""
    excess = np.log(np.maximum(known.purchases / known.chance - 1, 1e-3))
    columns = [excess, *(np.log1p(known.column(name)) for name in ("visits", "visits_180d", "rate_60d", "rate_180d"))]
    return np.stack([*columns, np.log1p(np.minimum(known.column("recency_days"), _LONGEST_DAYS))], axis=1)
