"""What a lesson of coupons says of the members of one template: the share expected, and what a budget reckons with."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from offers.model.coupon_lesson import CouponLesson
from offers.model.programme import BASIS_POINTS
from scoring.arrays import Floats

CAUTION = 1.0
"""Standard errors that a budget reckons above what is expected."""
LEAST_SHARE = 0.1
"""A budget never reckons with less than this of the occasions, whatever was learned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UseShares:
    """Members by levels: the share of occasions on which each coupon is expected to be used, and one to reckon with."""

    expected: Floats
    reckoned: Floats


def use_shares(
    lesson: CouponLesson | None, template: str, members_bp: Sequence[int | None], depths: Sequence[float]
) -> UseShares | None:
    """Give the shares of members (as their scores have them, None: unknown) for each depth, a share of the price.

    A member of whom nothing is told is taken to use it on every occasion. None: everybody is.
    """
    if lesson is None or lesson.reason:
        return None
    shift, error = _shift(lesson, template)
    if shift is None:
        return None
    known = np.array([np.nan if each is None else each for each in members_bp], dtype=np.float64)
    log_odds = special.logit(np.clip(known, 1, BASIS_POINTS - 1) / BASIS_POINTS)[:, None]
    deep = np.maximum(np.array(depths) - lesson.least_depth_bp / BASIS_POINTS, 0.0)
    least = (lesson.least_depth_bp - lesson.usual_depth_bp) / BASIS_POINTS
    moved = log_odds + shift + lesson.by_depth * (deep + least)
    unknown = np.isnan(known)[:, None]
    expected = np.where(unknown, 1.0, special.expit(moved))
    reckoned = np.where(unknown, 1.0, special.expit(moved + CAUTION * error))
    return UseShares(expected=expected, reckoned=np.maximum(reckoned, LEAST_SHARE))


def _shift(lesson: CouponLesson, template: str) -> tuple[float | None, float]:
    own = lesson.of(template)
    if own is not None and own.shift is not None:
        return own.shift, own.error
    return lesson.others_shift, lesson.others_error
