"""What a lesson of coupons means for members of a template: never less reckoned than expected, nothing from nothing."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offers.model.coupon_lesson import CouponLesson, TemplateUse
from scoring.coupons.shares import LEAST_SHARE, use_shares

LESSON = CouponLesson(
    coupons=900,
    occasions=700,
    used=300,
    needed=200,
    learner="regression",
    by_depth=8.0,
    usual_depth_bp=1_000,
    least_depth_bp=500,
    templates=(TemplateUse(template="win-back", coupons=900, occasions=700, used=300, shift=0.2, error=0.1),),
)
DEPTHS = (0.05, 0.1, 0.15)


@given(
    bp=st.one_of(st.none(), st.integers(0, 10_000)),
    shift=st.floats(-6, 6),
    error=st.floats(0, 3),
    by_depth=st.floats(0, 40),
)
def test_a_budget_reckons_with_no_less_than_is_expected(
    bp: int | None, shift: float, error: float, by_depth: float
) -> None:
    template = replace(LESSON.templates[0], shift=shift, error=error)

    shares = use_shares(replace(LESSON, templates=(template,), by_depth=by_depth), "win-back", [bp], DEPTHS)

    assert shares is not None
    assert (shares.reckoned >= shares.expected).all()
    assert (shares.reckoned >= LEAST_SHARE).all()
    assert (shares.reckoned <= 1).all()
    assert (np.diff(shares.expected, axis=1) >= 0).all(), "a deeper level is used no less"
    assert bp is not None or (shares.expected == 1).all()


def test_a_share_is_moved_by_template_and_depth_and_reckoned_one_error_up() -> None:
    shares = use_shares(LESSON, "win-back", [5_000], DEPTHS)

    assert shares is not None
    assert shares.expected[0] == pytest.approx(1 / (1 + np.exp([0.2, -0.2, -0.6])))
    assert shares.reckoned[0] == pytest.approx(1 / (1 + np.exp([0.1, -0.3, -0.7])))


def test_a_shallower_level_than_was_ever_tried_is_told_as_the_shallowest() -> None:
    shares = use_shares(LESSON, "win-back", [5_000], (0.01, 0.05))

    assert shares is not None
    assert shares.expected[0, 0] == shares.expected[0, 1]


def test_nothing_is_told_without_a_lesson_and_of_a_template_too_few_taught_of() -> None:
    assert use_shares(None, "win-back", [5_000], DEPTHS) is None
    assert use_shares(replace(LESSON, reason="totals_off"), "win-back", [5_000], DEPTHS) is None
    assert use_shares(LESSON, "another", [5_000], DEPTHS) is None


def test_another_template_is_told_by_all_of_them_with_the_wider_error() -> None:
    lesson = replace(LESSON, others_shift=0.2, others_error=0.8)

    own, other = (use_shares(lesson, name, [5_000], DEPTHS) for name in ("win-back", "another"))

    assert own is not None
    assert other is not None
    assert (own.expected == other.expected).all()
    assert (other.reckoned > own.reckoned).all()
