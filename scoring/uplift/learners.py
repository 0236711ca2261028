"""Learners of the outcome under each arm: XGBoost over all arms at once, and a logistic regression for each."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
import xgboost as xgb

from scoring.arrays import Floats, Ints
from scoring.uplift.logistic import fit_linear
from scoring.uplift.trial import Trial

Expectation = Callable[[Floats], Floats]
"""Traits (members x traits) to expected outcomes (members x arms, the control first)."""

Fit = Callable[[Trial, int], Expectation]
"""A trial and a seed to an expectation. The same seed gives the same bits."""

_ROUNDS = 250
_SETTINGS: Mapping[str, object] = MappingProxyType(
    {"max_depth": 4, "eta": 0.05, "min_child_weight": 20, "lambda": 5, "tree_method": "hist", "nthread": 1}
)


def s_learner(trial: Trial, seed: int) -> Expectation:
    """One XGBoost for all arms, the arm among its traits (Künzel et al. 2019, "Metalearners", PNAS 116)."""
    objective = "binary:logistic" if trial.yes_or_no else "reg:squarederror"
    rows = xgb.DMatrix(_with_arm(trial.traits, trial.arms, trial.arm_count), trial.outcomes, weight=trial.weights)
    booster = xgb.train({**_SETTINGS, "objective": objective, "seed": seed}, rows, _ROUNDS)

    def expect(traits: Floats) -> Floats:
        drawn = [np.full(len(traits), arm, dtype=np.int64) for arm in range(trial.arm_count)]
        asked = [xgb.DMatrix(_with_arm(traits, arms, trial.arm_count)) for arms in drawn]
        return np.column_stack([booster.predict(rows) for rows in asked]).astype(np.float64)

    return expect


def t_logit(trial: Trial, seed: int) -> Expectation:
    """One regression for each arm: logistic where the outcome is a fact, linear where it is an amount."""
    _ = seed  # there is no chance in it
    drawn = [trial.arms == arm for arm in range(trial.arm_count)]
    # An arm of a few members may have none in a fold; nobody is told apart by such an arm, so everyone will do.
    some = [mine if mine.any() else np.ones_like(mine) for mine in drawn]
    fitted = [
        fit_linear(trial.traits[mine], trial.outcomes[mine], logistic=trial.yes_or_no, weights=trial.weights[mine])
        for mine in some
    ]
    return lambda traits: np.column_stack([each.expect(traits) for each in fitted])


def _with_arm(traits: Floats, arms: Ints, arm_count: int) -> Floats:
    return np.column_stack([traits, arms[:, None] == np.arange(1, arm_count)]).astype(np.float64)
