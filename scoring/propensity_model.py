"""The model of a propensity: a regression, trees or their mean, whichever does best on rows left out."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import xgboost as xgb

from scoring.forecast.pooled import Pooled, fit_pooled

Numbers = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]

FOLDS = 4
ROUNDS = 150
THIN_OUTCOMES = 50
"""Where fewer did it, or fewer did not, the regression alone is tried."""
_SHAPE = {"max_depth": 3, "eta": 0.06, "min_child_weight": 20, "lambda": 5.0, "tree_method": "hist"}
_REGRESSION, _TREES, _BOTH = "regression", "trees", "both"


@dataclass(frozen=True, slots=True, kw_only=True)
class Propensity:
    """A fit. `champion` is `regression`, `trees` or `both`; `usual` are the means of the traits, for what is absent."""

    champion: str
    usual: Numbers
    regression: Pooled
    trees: xgb.Booster | None

    def log_odds(self, traits: Numbers, *, threads: int) -> Numbers:
        """Give the log-odds of rows of traits, NaN where one is absent; a row's are the same whatever is beside it."""
        plain: Numbers = self.regression.score(_filled(traits, self.usual)) + self.regression.levels[0]
        if self.trees is None:
            return plain
        found = _margin(self.trees, traits, threads)
        return found if self.champion == _TREES else (plain + found) / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsed:
    """A fit on all rows, and `unseen`: the log-odds of each by a fit that left it out.

    `is_thin` where few did it, or few did not: then nothing but the regression was tried.
    """

    model: Propensity
    unseen: Numbers
    is_thin: bool

    def calibrated(self, log_odds: Numbers, outcome: Numbers) -> Numbers:
        """Set slope and level of log-odds by what came of the rows left out."""
        fit = fit_pooled(self.unseen[:, None], outcome, np.zeros(outcome.size, dtype=np.intp), link="logit")
        told: Numbers = fit.score(log_odds[:, None]) + fit.levels[0]
        return told


def fit_propensity(
    traits: Numbers, outcome: Numbers, *, seed: int, threads: int, owners: Places | None = None
) -> Rehearsed:
    """Fit on rows of traits (NaN: absent) and outcomes of 0 and 1.

    Rows are left out by fours; those of one owner, where owners are given, all at once.
    """
    usual = np.nan_to_num(np.nanmean(traits, axis=0))
    plain = _filled(traits, usual)
    dealt = np.random.default_rng(seed)
    if owners is None:
        fold = dealt.permutation(outcome.size) % FOLDS
    else:
        fold = (dealt.permutation(int(owners.max()) + 1) % FOLDS)[owners]
    is_thin = min(outcome.sum(), outcome.size - outcome.sum()) < THIN_OUTCOMES
    unseen = {_REGRESSION: np.zeros(outcome.size)} | ({} if is_thin else {_TREES: np.zeros(outcome.size)})
    for each in range(FOLDS):
        out, kept = fold == each, fold != each
        if not out.any() or not kept.any():
            continue
        fit = _regression(plain[kept], outcome[kept])
        unseen[_REGRESSION][out] = fit.score(plain[out]) + fit.levels[0]
        if not is_thin:
            unseen[_TREES][out] = _margin(_trees(traits[kept], outcome[kept], seed, threads), traits[out], threads)
    if not is_thin:
        unseen[_BOTH] = (unseen[_REGRESSION] + unseen[_TREES]) / 2
    best = min(unseen, key=lambda name: _loss(unseen[name], outcome))
    model = Propensity(
        champion=best,
        usual=usual,
        regression=_regression(plain, outcome),
        trees=None if best == _REGRESSION else _trees(traits, outcome, seed, threads),
    )
    return Rehearsed(model=model, unseen=unseen[best], is_thin=is_thin)


def _regression(plain: Numbers, outcome: Numbers) -> Pooled:
    return fit_pooled(plain, outcome, np.zeros(outcome.size, dtype=np.intp), link="logit")


def _trees(traits: Numbers, outcome: Numbers, seed: int, threads: int) -> xgb.Booster:
    told = {**_SHAPE, "objective": "binary:logistic", "seed": seed, "nthread": threads}
    return xgb.train(told, xgb.DMatrix(traits, label=outcome, nthread=threads), num_boost_round=ROUNDS)


def _margin(trees: xgb.Booster, traits: Numbers, threads: int) -> Numbers:
    found: Numbers = trees.predict(xgb.DMatrix(traits, nthread=threads), output_margin=True).astype(np.float64)
    return found


def _loss(log_odds: Numbers, outcome: Numbers) -> float:
    return float((np.logaddexp(0, log_odds) - outcome * log_odds).mean())


def _filled(values: Numbers, usual: Numbers) -> Numbers:
    """Fill what is missing with the mean, and put long tails on a scale of logarithms."""
    whole = np.where(np.isfinite(values), values, usual)
    return np.sign(whole) * np.log1p(np.abs(whole))
