"""What the reference compares with, made anew: purchase models, trees on stacked cutoffs, days since the last purchase.

The trees are plain XGBoost: depth 4, eta .05, 250 rounds, min_child_weight 20, lambda 5, on the traits of the features
package at up to eight earlier cutoffs, without directions, levels, calibration or purchase models.
"""

from collections.abc import Mapping

import numpy as np
import polars as pl
import xgboost as xgb

from scoring.arrays import Floats
from scoring.features.at_cutoff import features_at, labels_at
from scoring.features.traits import TRAITS
from scoring.forecast.calendar import calendar, rehearsal_horizon
from scoring.purchase_models.bg_nbd import fit_bg_nbd
from scoring.purchase_models.pareto_nbd import fit_pareto_nbd

TREES: Mapping[str, object] = {
    "max_depth": 4, "eta": 0.05, "min_child_weight": 20, "lambda": 5.0,
    "tree_method": "hist", "objective": "binary:logistic", "nthread": 1, "seed": 0,
}  # fmt: skip
ROUNDS = 250
FIT_MEMBERS = 20_000


def baselines(visits: pl.DataFrame, *, as_of_day: int, horizon_days: int) -> dict[str, Floats]:
    """Give each baseline's score of the members known by the as-of day, in order of member."""
    visits = visits.filter(pl.col("known_day") <= as_of_day)
    known = features_at(visits, as_of_day)
    age = known["age_days"].to_numpy()
    history = (known["visits"].to_numpy() - 1, age - known["recency_days"].to_numpy(), age)
    some = tuple(each[:: max(1, age.size // FIT_MEMBERS)] for each in history)
    found = {
        "recency": -known["recency_days"].to_numpy(),
        "bg_nbd": fit_bg_nbd(*some).expected_purchases(*history, horizon=horizon_days),
        "pareto_nbd": fit_pareto_nbd(*some).expected_purchases(*history, horizon=horizon_days),
    }
    trees = _trees(visits, known, as_of_day, horizon_days)
    return found if trees is None else {**found, "xgboost": trees}


def _trees(visits: pl.DataFrame, known: pl.DataFrame, as_of_day: int, horizon_days: int) -> Floats | None:
    """Train on labels as long as the history allows; None where it allows none."""
    first = int(visits["day"].min())  # type: ignore[arg-type]
    tried_days = rehearsal_horizon(first, as_of_day, horizon_days)
    when = calendar(first, as_of_day, tried_days)
    if when is None:
        return None
    rows, outcomes = [], []
    for day in when.stacked:
        past = features_at(visits, day)
        rows.append(_values(past))
        outcomes.append(labels_at(visits, past["member"], day, tried_days)["visits_to_come"].to_numpy() > 0)
    matrix = xgb.DMatrix(np.concatenate(rows), label=np.concatenate(outcomes), nthread=1)
    booster = xgb.train(dict(TREES), matrix, num_boost_round=ROUNDS)
    return booster.predict(xgb.DMatrix(_values(known), nthread=1), output_margin=True).astype(np.float64)


def _values(known: pl.DataFrame) -> Floats:
    return known.select(each.name for each in TRAITS).to_numpy().astype(np.float64)
