"""What a logged draw did, where members had chances of their own: the check of the draw, and the effect of an arm."""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from scoring.arrays import Bools, Floats, Ints
from scoring.measurement.effect import CONFIDENCE, Effect, Verdict
from scoring.measurement.errors import TooFewMembers, UnevenArrays
from scoring.measurement.mismatch import Mismatch
from scoring.measurement.off_policy import FEWEST_EFFECTIVE

_FEWEST_PER_ARM = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnEffect:
    """An arm against another, weighed by inverse propensities; `effective` is Kish's size of each, the treated first.

    `variance_removed` is what the number known before took out of the metric's variance, 0 to 1.
    """

    effect: Effect
    effective: tuple[float, float]
    variance_removed: float

    @property
    def verdict(self) -> Verdict:
        """Say up or down only where the interval does, and where enough of an even draw stands behind it."""
        return self.effect.verdict if min(self.effective) >= FEWEST_EFFECTIVE else Verdict.CANNOT_TELL


def draw_ratio(drawn: Ints, chances: Floats) -> Mismatch:
    """Test how many were drawn for each arm against the chances each member had (members x arms, rows summing to one).

    Pearson's chi-square with the covariance of draws that differ: where all chances are alike it is the usual test of a
    sample ratio. Whoever got an arm they had no chance of is a mismatch for certain.
    """
    members, arms = chances.shape
    if np.any(chances[np.arange(members), drawn] <= 0):
        return Mismatch(chi_square=float("inf"), p_value=0.0)
    off = np.bincount(drawn, minlength=arms) - chances.sum(axis=0)
    covariance = np.diag(chances.sum(axis=0)) - chances.T @ chances
    freedom = int(np.linalg.matrix_rank(covariance, hermitian=True))
    if not freedom:
        return Mismatch(chi_square=0.0, p_value=1.0)
    chi_square = max(float(off @ np.linalg.pinv(covariance, hermitian=True) @ off), 0.0)
    return Mismatch(chi_square=chi_square, p_value=float(stats.chi2.sf(chi_square, freedom)))


def effect_of_draw(
    outcomes: Floats,
    drawn: Ints,
    chances: Floats,
    arm: int,
    *,
    control: int = 0,
    before: Floats | None = None,
    confidence: float = CONFIDENCE,
) -> DrawnEffect:
    """Give what an arm did against the control to members who could have got either, per member.

    Hájek's ratio of weighted sums (1971) with its linearised variance; `before`, a number known before the draw, is
    taken out first (CUPED, Deng, Xu, Kohavi, Walker 2013). Raises UnevenArrays, TooFewMembers.
    """
    if len({outcomes.size, drawn.size, len(chances), *(() if before is None else (before.size,))}) > 1:
        raise UnevenArrays(sizes=(outcomes.size, drawn.size, len(chances)))
    rows = (chances[:, arm] > 0) & (chances[:, control] > 0)
    treated, rest = (_Arm.of(drawn[rows] == each, chances[rows, each]) for each in (arm, control))
    metric = outcomes[rows]
    removed = 0.0
    if before is not None:
        metric, removed = _adjusted(metric, before[rows], treated, rest)
    effect = _effect(metric, treated, rest, confidence)
    return DrawnEffect(effect=effect, effective=(treated.effective, rest.effective), variance_removed=removed)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Arm:
    """Who got an arm, each weighing what their chance of it makes them stand for."""

    members: int
    weights: Floats

    @classmethod
    def of(cls, got: Bools, chances: Floats) -> "_Arm":
        members = int(got.sum())
        if members < _FEWEST_PER_ARM:
            raise TooFewMembers(members=members, needed=_FEWEST_PER_ARM)
        return cls(members=members, weights=got / chances)

    @property
    def effective(self) -> float:
        return float(self.weights.sum() ** 2 / np.sum(self.weights**2))

    def mean(self, values: Floats) -> float:
        return float(self.weights @ values / self.weights.sum())

    def influence(self, values: Floats) -> Floats:
        """Give what each row adds to the mean's error; their squares sum to its variance."""
        added: Floats = self.weights * (values - self.mean(values)) / self.weights.sum()
        added *= np.sqrt(self.members / (self.members - 1))
        return added


def _adjusted(metric: Floats, before: Floats, treated: _Arm, rest: _Arm) -> tuple[Floats, float]:
    centred = [(arm.weights, before - arm.mean(before), metric - arm.mean(metric)) for arm in (treated, rest)]
    squares = sum(float(weights @ known**2) for weights, known, _ in centred)
    whole = sum(float(weights @ seen**2) for weights, _, seen in centred)
    if not squares or not whole:
        return metric, 0.0
    shared = sum(float(weights @ (known * seen)) for weights, known, seen in centred)
    slope = shared / squares
    everyone = float((treated.weights + rest.weights) @ before / (treated.weights + rest.weights).sum())
    return metric - slope * (before - everyone), shared * slope / whole


def _effect(metric: Floats, treated: _Arm, rest: _Arm, confidence: float) -> Effect:
    mean_treated, mean_rest = treated.mean(metric), rest.mean(metric)
    by_treated, by_rest = treated.influence(metric), rest.influence(metric)
    absolute = mean_treated - mean_rest
    error = float(np.sqrt(np.sum((by_treated - by_rest) ** 2)))
    freedom = max(min(treated.effective, rest.effective) - 1, 1.0)
    reach = float(stats.t.ppf(0.5 + confidence / 2, freedom))
    relative = relative_reach = None
    if mean_rest > 0:
        relative = mean_treated / mean_rest - 1
        parts = (by_treated - mean_treated / mean_rest * by_rest) / mean_rest
        relative_reach = reach * float(np.sqrt(np.sum(parts**2)))
    p_value = float(2 * stats.t.sf(abs(absolute) / error, freedom)) if error else float(absolute == 0)
    return Effect(
        treated_members=treated.members,
        control_members=rest.members,
        treated_mean=mean_treated,
        control_mean=mean_rest,
        absolute=absolute,
        low=absolute - reach * error,
        high=absolute + reach * error,
        standard_error=error,
        p_value=p_value,
        confidence=confidence,
        relative=relative,
        relative_low=None if relative is None or relative_reach is None else relative - relative_reach,
        relative_high=None if relative is None or relative_reach is None else relative + relative_reach,
    )
