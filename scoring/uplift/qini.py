"""The Qini curve: what treating the first so many by score brings, beyond treating as many at random."""

import numpy as np

from scoring.arrays import Bools, Floats


def qini_curve(scores: Floats, treated: Bools, outcomes: Floats, *, weights: Floats | None = None) -> Floats:
    """Give incremental outcomes per member when the best 0, 1, ... n by score are treated (n + 1 numbers).

    Radcliffe (2007), "Using Control Groups to Target on Predicted Lift": treated outcomes minus the control's, scaled
    to the treated among the first k. Members of equal score share one straight line, so that no order of a file helps.
    `weights` says what each member counts: their inverse propensity, where chances differed.
    """
    order = np.argsort(-scores, kind="stable")
    counts = np.ones(scores.size) if weights is None else weights[order]
    arm, after = treated[order] * counts, outcomes[order]
    other = counts - arm
    in_treated, in_control = np.cumsum(arm), np.cumsum(other)
    scaled = np.divide(in_treated, in_control, out=np.zeros(arm.size), where=in_control > 0)
    curve = np.concatenate([[0.0], np.cumsum(after * arm) - np.cumsum(after * other) * scaled]) / arm.size
    last_of_equals = np.flatnonzero(np.append(np.diff(scores[order]) != 0, True)) + 1
    knots = np.concatenate([[0], last_of_equals])
    return np.asarray(np.interp(np.arange(arm.size + 1), knots, curve[knots]), dtype=np.float64)


def qini_area(scores: Floats, treated: Bools, outcomes: Floats, *, weights: Floats | None = None) -> float:
    """Give the area between the Qini curve and the line of treating at random, per member of the two arms.

    The share treated runs from 0 to 1. A random score gives 0 on average.
    """
    curve = qini_curve(scores, treated, outcomes, weights=weights)
    width = 1 / (curve.size - 1)
    return float(np.trapezoid(curve, dx=width) - curve[-1] / 2)


def gain_under_budget(scores: Floats, treated: Bools, outcomes: Floats, *, share: float) -> float:
    """Give what treating the best `share` by score brings per member, beyond treating as many at random.

    Difference in means among the chosen minus that among all, times the share.
    """
    chosen = np.zeros(scores.size, dtype=np.bool_)
    chosen[np.argsort(-scores, kind="stable")[: round(scores.size * share)]] = True
    return share * (_lift(treated[chosen], outcomes[chosen]) - _lift(treated, outcomes))


def _lift(treated: Bools, outcomes: Floats) -> float:
    return float(outcomes[treated].mean() - outcomes[~treated].mean())
