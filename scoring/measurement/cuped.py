"""CUPED: the part of a metric that was known before the start is taken out, and the interval narrows."""

from dataclasses import dataclass

import numpy as np

from scoring.arrays import Floats
from scoring.measurement.effect import CONFIDENCE, Effect, difference_in_means
from scoring.measurement.errors import UnevenArrays


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustedEffect:
    """An effect after CUPED, the plain one beside it, and the share of the variance that was taken out (0 to 1)."""

    adjusted: Effect
    plain: Effect
    variance_removed: float


def cuped(
    treated: Floats,
    control: Floats,
    *,
    treated_before: Floats,
    control_before: Floats,
    confidence: float = CONFIDENCE,
) -> AdjustedEffect:
    """Compare two arms on `metric - theta * (before - mean of before)`.

    `before` is known before the assignment: one number per member or a row of several. Deng, Xu, Kohavi, Walker (2013),
    "Improving the Sensitivity of Online Controlled Experiments by Utilizing Pre-Experiment Data"; theta is fitted on
    deviations within the arms, so that the effect itself is never explained away. A constant `before` changes nothing.
    Raises UnevenArrays and TooFewMembers.
    """
    plain = difference_in_means(treated, control, confidence=confidence)
    before_treated, before_control = _rows(treated_before), _rows(control_before)
    sizes = (treated.size, len(before_treated), control.size, len(before_control))
    if sizes[0] != sizes[1] or sizes[2] != sizes[3]:
        raise UnevenArrays(sizes=sizes)
    within = np.concatenate(
        [before_treated - before_treated.mean(axis=0), before_control - before_control.mean(axis=0)]
    )
    metric = np.concatenate([treated - treated.mean(), control - control.mean()])
    theta = np.linalg.lstsq(within, metric, rcond=None)[0]
    centre = np.concatenate([before_treated, before_control]).mean(axis=0)
    adjusted = difference_in_means(
        treated - (before_treated - centre) @ theta,
        control - (before_control - centre) @ theta,
        confidence=confidence,
    )
    variance = float(np.sum(metric**2))
    left = float(np.sum((metric - within @ theta) ** 2))
    return AdjustedEffect(adjusted=adjusted, plain=plain, variance_removed=1 - left / variance if variance > 0 else 0.0)


def _rows(before: Floats) -> Floats:
    return before.reshape(-1, 1) if before.ndim == 1 else before
