"""One line for each decision, in the language of whoever reads it."""

from locales.catalogue import gettext, ngettext
from locales.numbers import estimated
from scoring.decisions.decide import Reason

TEXTS: dict[Reason, str] = {
    Reason.PAYS: "{level}: it should bring at least {margin} more than it costs.",
    Reason.RULE: "{level}: too little is known yet, so everybody it is for gets the smallest, in a random order.",
    Reason.DRAWN: "{level}: drawn at random, to learn what works.",
    Reason.WOULD_BUY_ANYWAY: "No offer: the discount would mostly go to purchases made anyway.",
    Reason.NOT_PROVEN: "No offer: nothing shows that one would change what this member buys.",
    Reason.BUDGET: "No offer: the budget went to other members.",
    Reason.HELD_OUT: "No offer: held out, to measure what offers change.",
}


def line_of(reason: Reason, language: str, *, level: str, margin: str) -> str:
    """Say why a member gets this level or none; `level` and `margin` (money) are already written out."""
    return gettext(language, TEXTS[reason], level=level, margin=margin)


def use_line(language: str, *, share_bp: int | None, coupons: int) -> str:
    """Say on how many of its occasions a coupon is expected to be used; None: on every one, for nothing is known."""
    if share_bp is None:
        return gettext(language, "It is taken to be used on every occasion: nothing is learned of its use yet.")
    return ngettext(
        language,
        "It is expected to be used on {share} of its occasions, learned from {n} coupon.",
        "It is expected to be used on {share} of its occasions, learned from {n} coupons.",
        coupons,
        share=estimated(language, share_bp),
    )
