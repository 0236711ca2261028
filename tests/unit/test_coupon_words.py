"""What a night says of coupons: each reason in both languages, with the numbers that explain it."""

from dataclasses import replace

import pytest

from offers.model.coupon_lesson import CouponLesson, UseJudged
from scoring.coupons.learning import ALL_ALIKE, NOTHING_LATER, TOO_FEW, TOTALS_OFF
from service.cli.coupon_words import TEXTS, coupon_line

JUDGED = UseJudged(occasions=120, used=91, expected=60.4, error_bp=900)
LESSON = CouponLesson(coupons=301, occasions=240, used=60, needed=200, judged=JUDGED)


def test_every_reason_has_words() -> None:
    assert set(TEXTS) == {TOO_FEW, ALL_ALIKE, NOTHING_LATER, TOTALS_OFF}


@pytest.mark.parametrize(
    ("reason", "facts"),
    [(TOO_FEW, ("240", "200")), (ALL_ALIKE, ("240", "60")), (NOTHING_LATER, ("240",)), (TOTALS_OFF, ("91", "60"))],
)
def test_a_reason_is_said_with_its_numbers(reason: str, facts: tuple[str, ...]) -> None:
    for language, always in (("en", "everybody is taken to use them"), ("ru", "используют все")):
        line = coupon_line(replace(LESSON, reason=reason), language)

        assert all(fact in line for fact in facts)
        assert always in line


def test_what_was_learned_is_a_share_and_of_how_many() -> None:
    assert coupon_line(LESSON, "en") == "Coupons: used on 25% of their occasions, learned from 301 coupons."
    assert "по 301 купону" in coupon_line(LESSON, "ru")
