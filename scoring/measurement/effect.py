"""The difference between two arms with a Welch interval; "cannot tell" is one of the answers."""

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy import stats

from scoring.arrays import Floats
from scoring.measurement.errors import TooFewMembers

CONFIDENCE = 0.95
_FEWEST_PER_ARM = 2


class Verdict(StrEnum):
    """What an interval allows to say."""

    UP = "up"
    DOWN = "down"
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """Treated minus control, in units of the metric per member; `low` and `high` bound it at `confidence`.

    The relative change is to the mean of the control arm, None where that mean is not above zero.
    """

    treated_members: int
    control_members: int
    treated_mean: float
    control_mean: float
    absolute: float
    low: float
    high: float
    standard_error: float
    p_value: float
    confidence: float
    relative: float | None
    relative_low: float | None
    relative_high: float | None

    @property
    def verdict(self) -> Verdict:
        """Say up or down only when the whole interval does."""
        if self.low > 0:
            return Verdict.UP
        return Verdict.DOWN if self.high < 0 else Verdict.CANNOT_TELL

    def total(self, members: int) -> tuple[float, float, float]:
        """Give the effect on so many members together: low, middle, high. Of a margin: the incremental margin."""
        return self.low * members, self.absolute * members, self.high * members


def difference_in_means(treated: Floats, control: Floats, *, confidence: float = CONFIDENCE) -> Effect:
    """Compare two arms member by member, each weighing the same whatever the arms' variances.

    Welch's t interval (Welch 1947, Biometrika 34) with the Welch-Satterthwaite degrees of freedom; the relative
    interval is the delta method's. Both arrays hold one number per member, zeros included: whoever bought nothing
    counts. Raises TooFewMembers below two members in an arm.
    """
    _check_sizes(treated, control)
    variance_treated = float(np.var(treated, ddof=1)) / treated.size
    variance_control = float(np.var(control, ddof=1)) / control.size
    mean_treated, mean_control = float(np.mean(treated)), float(np.mean(control))
    absolute = mean_treated - mean_control
    error = math.sqrt(variance_treated + variance_control)
    freedom = _welch_freedom(variance_treated, treated.size, variance_control, control.size)
    reach = float(stats.t.ppf(0.5 + confidence / 2, freedom))
    relative = relative_reach = None
    if mean_control > 0:
        ratio = mean_treated / mean_control
        relative = ratio - 1
        relative_reach = reach * math.sqrt(variance_treated + ratio**2 * variance_control) / mean_control
    return Effect(
        treated_members=treated.size,
        control_members=control.size,
        treated_mean=mean_treated,
        control_mean=mean_control,
        absolute=absolute,
        low=absolute - reach * error,
        high=absolute + reach * error,
        standard_error=error,
        p_value=_p_value(absolute, error, freedom),
        confidence=confidence,
        relative=relative,
        relative_low=None if relative is None or relative_reach is None else relative - relative_reach,
        relative_high=None if relative is None or relative_reach is None else relative + relative_reach,
    )


def _check_sizes(treated: Floats, control: Floats) -> None:
    for arm in (treated, control):
        if arm.size < _FEWEST_PER_ARM:
            raise TooFewMembers(members=arm.size, needed=_FEWEST_PER_ARM)


def _welch_freedom(first: float, first_size: int, second: float, second_size: int) -> float:
    """Give the degrees of freedom for variances of means; without any variance it hardly matters."""
    bottom = first**2 / (first_size - 1) + second**2 / (second_size - 1)
    return (first + second) ** 2 / bottom if bottom > 0 else float(first_size + second_size - 2)


def _p_value(absolute: float, error: float, freedom: float) -> float:
    if error == 0:
        return 1.0 if absolute == 0 else 0.0
    return float(2 * stats.t.sf(abs(absolute) / error, freedom))
