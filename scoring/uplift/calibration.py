"""How uplift is told: each arm's own mean effect, and one spread around it that members unseen bear out."""

from collections.abc import Container, Iterator
from dataclasses import dataclass

import numpy as np

from scoring.arrays import Floats
from scoring.uplift.trial import CONTROL, Trial

_LEAST_SLOPE = 0.05  # keeps the order of members where the spread of their uplift is not proven
_MOST_SLOPE = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """How one arm's uplift is told: `effect + slope * (score - centre)`, with the errors of effect and slope."""

    effect: float
    effect_error: float
    slope: float
    slope_error: float
    centre: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Arm:
    """What was said of an arm and what happened. `away` is the score less its mean, `happened` doubly robust.

    One row per member; both are 0 for whoever could not get the arm or the control.
    """

    effect: float
    effect_error: float
    centre: float
    away: Floats
    happened: Floats

    def told(self, slope: float, slope_error: float) -> Calibration:
        return Calibration(
            effect=self.effect,
            effect_error=self.effect_error,
            slope=slope,
            slope_error=slope_error,
            centre=self.centre,
        )


def calibrate(trial: Trial, expected: Floats, told_apart: Container[int]) -> tuple[Calibration, ...]:
    """Regress what happened on what was said (members x arms, of members unseen): as far as it is not borne out, the
    spread shrinks.

    The best linear predictor of Chernozhukov, Demirer, Duflo, Fernández-Val (2018), on doubly robust outcomes. All arms
    share one slope: slopes of their own differ by noise, and a member's best arm would be the one whose slope came out
    steeper. An arm that is not among `told_apart` gets its mean effect for everyone.
    """  # noqa: D205 - one thought
    seen = {arm: _seen(trial, expected, arm) for arm in range(1, trial.arm_count)}
    slope, error = _common_slope([each for arm, each in seen.items() if arm in told_apart])
    return tuple(
        each.told(slope, error) if arm in told_apart and each.away.any() else each.told(0.0, 0.0)
        for arm, each in seen.items()
    )


def _seen(trial: Trial, expected: Floats, arm: int) -> _Arm:
    open_to_both = np.all(trial.propensities[:, [CONTROL, arm]] > 0, axis=1)
    some, said = trial.part(open_to_both), expected[open_to_both]
    told = said[:, arm] - said[:, CONTROL]
    happened = _corrected(some, said, arm) - _corrected(some, said, CONTROL)
    away, all_happened = np.zeros(trial.arms.size), np.zeros(trial.arms.size)
    away[open_to_both], all_happened[open_to_both] = told - told.mean(), happened
    return _Arm(
        effect=float(happened.mean()),
        effect_error=float(happened.std(ddof=1) / np.sqrt(happened.size)),
        centre=float(told.mean()),
        away=away,
        happened=all_happened,
    )


def _common_slope(arms: list[_Arm]) -> tuple[float, float]:
    """Give the slope and its error; arms share the control's members, so a member's misses are taken together."""
    squares = sum(float(each.away @ each.away) for each in arms)
    if squares == 0:
        return 0.0, 0.0
    slope = sum(float(each.away @ each.happened) for each in arms) / squares
    missed = sum(_misses(arms, slope))
    error = float(np.sqrt(np.sum(np.square(missed))) / squares)
    return min(max(slope, _LEAST_SLOPE), _MOST_SLOPE), error


def _misses(arms: list[_Arm], slope: float) -> Iterator[Floats]:
    for each in arms:
        yield each.away * (each.happened - each.effect - slope * each.away)


def _corrected(trial: Trial, expected: Floats, arm: int) -> Floats:
    """Give the expected outcome under an arm plus what it missed, weighed by the chance of having been drawn for it."""
    drawn = trial.arms == arm
    corrected: Floats = expected[:, arm] + drawn * (trial.outcomes - expected[:, arm]) / trial.propensities[:, arm]
    return corrected
