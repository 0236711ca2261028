"""What another policy would have earned, from the log of the one that ran: IPS, SNIPS, doubly robust."""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from scoring.arrays import Floats, Ints
from scoring.measurement.effect import CONFIDENCE
from scoring.measurement.errors import BadPropensity, TooFewMembers, UnevenArrays

FEWEST_EFFECTIVE = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyValue:
    """Mean outcome per member under a policy that did not run.

    `effective_members` is Kish's (sum of weights) squared over the sum of squared weights: so many members of an
    even trial would tell as much.
    """

    value: float
    low: float
    high: float
    effective_members: float
    members: int
    mean_weight: float

    @property
    def trustworthy(self) -> bool:
        """False when too few logged choices agree with the policy: then the interval itself cannot be trusted."""
        return self.effective_members >= FEWEST_EFFECTIVE


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """What was done and what came of it: per member the arm, the chance it had been given, and the outcome."""

    arms: Ints
    propensities: Floats
    outcomes: Floats


def inverse_propensity(log: Log, chances: Floats, *, confidence: float = CONFIDENCE) -> PolicyValue:
    """Weigh outcomes by the new policy's chance of the logged arm over the old one's (Horvitz-Thompson 1952).

    `chances` has a row per member and a column per arm, rows summing to one. Unbiased, and wide where chances differ.
    Raises UnevenArrays, BadPropensity, TooFewMembers.
    """
    weights = _weights(log, chances)
    return _summary(weights * log.outcomes, weights, confidence)


def self_normalised(log: Log, chances: Floats, *, confidence: float = CONFIDENCE) -> PolicyValue:
    """Divide the weighted outcomes by the weights (Swaminathan, Joachims 2015): a little bias for a narrow interval."""
    weights = _weights(log, chances)
    total = weights.sum()
    if total == 0:
        return PolicyValue(
            value=float("nan"), low=-np.inf, high=np.inf, effective_members=0.0, members=weights.size, mean_weight=0.0
        )
    value = float(weights @ log.outcomes / total)
    influence = value + weights * (log.outcomes - value) / (total / weights.size)
    return _summary(influence, weights, confidence)


def doubly_robust(log: Log, chances: Floats, expected: Floats, *, confidence: float = CONFIDENCE) -> PolicyValue:
    """Take a model's expectation and weigh only what it missed (Dudík, Langford, Li 2011).

    `expected` has a row per member and a column per arm: the model's outcome, fitted on other members than these.
    Right when either the model or the logged propensities are.
    """
    weights = _weights(log, chances)
    if expected.shape != chances.shape:
        raise UnevenArrays(sizes=(*expected.shape, *chances.shape))
    members = np.arange(log.arms.size)
    modelled = np.sum(chances * expected, axis=1)
    return _summary(modelled + weights * (log.outcomes - expected[members, log.arms]), weights, confidence)


def _weights(log: Log, chances: Floats) -> Floats:
    sizes = (log.arms.size, log.propensities.size, log.outcomes.size, len(chances))
    if len(set(sizes)) > 1:
        raise UnevenArrays(sizes=sizes)
    if log.arms.size < 2:  # noqa: PLR2004 - one member has no spread
        raise TooFewMembers(members=log.arms.size, needed=2)
    lowest, highest = float(log.propensities.min()), float(log.propensities.max())
    if not (lowest > 0 and highest <= 1):  # also refuses NaN
        raise BadPropensity(lowest=lowest, highest=highest)
    weights: Floats = chances[np.arange(log.arms.size), log.arms] / log.propensities
    return weights


def _summary(terms: Floats, weights: Floats, confidence: float) -> PolicyValue:
    value = float(terms.mean())
    reach = float(stats.norm.ppf(0.5 + confidence / 2) * terms.std(ddof=1) / np.sqrt(terms.size))
    squares = float(np.sum(weights**2))
    return PolicyValue(
        value=value,
        low=value - reach,
        high=value + reach,
        effective_members=float(weights.sum() ** 2 / squares) if squares > 0 else 0.0,
        members=terms.size,
        mean_weight=float(weights.mean()),
    )
