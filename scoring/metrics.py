"""How good scores are: ranking, calibration, totals."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special, stats

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """Of chances against what came: `ece` is over ten bins of equal size, `bias` is expected over actual, less one."""

    auc: float
    log_loss: float
    brier: float
    ece: float
    bias: float
    capture: float


def quality_of(log_odds: Numbers, outcome: Numbers) -> Quality:
    """Judge log-odds against outcomes of 0 and 1."""
    chance = special.expit(log_odds)
    loss = np.logaddexp(0, log_odds) - outcome * log_odds
    actual = float(outcome.sum())
    return Quality(
        auc=auc(log_odds, outcome),
        log_loss=float(loss.mean()),
        brier=float(np.square(chance - outcome).mean()),
        ece=calibration_error(chance, outcome),
        bias=float(chance.sum()) / actual - 1 if actual else 0.0,
        capture=top_share(chance, outcome),
    )


def auc(score: Numbers, outcome: Numbers) -> float:
    """Give the chance that a random 1 outranks a random 0, ties counting half; .5 where there is only one kind."""
    ones = float(outcome.sum())
    zeros = outcome.size - ones
    if not ones or not zeros:
        return 0.5
    ranks = stats.rankdata(score)
    return float((ranks[outcome > 0].sum() - ones * (ones + 1) / 2) / (ones * zeros))


def calibration_error(chance: Numbers, outcome: Numbers, bins: int = 10) -> float:
    """Give the expected calibration error over bins of equal size, in order of chance."""
    if not chance.size:
        return 0.0
    order = np.argsort(chance, kind="stable")
    parts = np.array_split(order, bins)
    return float(sum(abs(chance[part].sum() - outcome[part].sum()) for part in parts)) / chance.size


def top_share(score: Numbers, amount: Numbers, share: float = 0.1) -> float:
    """Give what part of all the amount the best scored share of members holds."""
    whole = float(amount.sum())
    best = np.argsort(-score, kind="stable")[: max(1, round(score.size * share))]
    return float(amount[best].sum()) / whole if whole else 0.0


def bias(expected: Numbers, actual: Numbers) -> float:
    """Give expected over actual totals, less one; 0 where nothing came and nothing was expected."""
    whole = float(actual.sum())
    if not whole:
        return 0.0 if not float(expected.sum()) else float("inf")
    return float(expected.sum()) / whole - 1
