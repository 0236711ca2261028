"""What a night learned of the use of coupons, in one line."""

from locales.catalogue import gettext, ngettext
from locales.numbers import count, estimated
from offers.model.coupon_lesson import CouponLesson

_WHOLE_BP = 10_000
TEXTS: dict[str, str] = {
    "too_few_occasions": "Coupons: {occasions} of {needed} occasions are there to learn from; until then everybody is "
    "taken to use them.",
    "all_alike": "Coupons: of {occasions} occasions {used} were used, which tells nobody apart; everybody is taken to "
    "use them.",
    "nothing_later": "Coupons: {occasions} occasions are there, but no later ones to check what they teach; everybody "
    "is taken to use them.",
    "totals_off": "Coupons: later ones were used {came} times where {expected} were expected; everybody is taken to "
    "use them.",
}
"""By what keeps a lesson from being told."""


def coupon_line(lesson: CouponLesson, language: str) -> str:
    """Say what was learned, or why it is not told."""
    if lesson.reason:
        judged = lesson.judged
        return gettext(
            language,
            TEXTS[lesson.reason],
            occasions=count(language, lesson.occasions),
            needed=count(language, lesson.needed),
            used=count(language, lesson.used),
            came=count(language, judged.used if judged else 0),
            expected=count(language, round(judged.expected) if judged else 0),
        )
    return ngettext(
        language,
        "Coupons: used on {share} of their occasions, learned from {n} coupon.",
        "Coupons: used on {share} of their occasions, learned from {n} coupons.",
        lesson.coupons,
        share=estimated(language, round(lesson.used * _WHOLE_BP / lesson.occasions)),
    )
