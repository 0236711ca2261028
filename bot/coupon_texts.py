"""What the bot says of a member's coupons when it is asked: each with where it stands, and its code."""

from collections.abc import Sequence
from datetime import datetime

from locales.catalogue import gettext
from offers.flows.list_coupons import ListedCoupon
from offers.model.coupon import Coupon
from offers.model.programme import Language
from web.explain_coupons import explain_coupon

GROUP_LENGTH = 4
MAX_CAPTION = 1024
"""Telegram's limit for the words under a picture."""


def title(coupon: Coupon, language: Language) -> str:
    return coupon.title.ru if language is Language.RU else coupon.title.en


def coupon_list(language: Language, coupons: Sequence[ListedCoupon], at: datetime) -> str:
    paragraphs = ["🎁 " + gettext(language, "Your coupons")]
    for listed in coupons:
        mark = "✅" if listed.is_usable(at) else "▫️"
        stands = explain_coupon(language, listed, at)
        paragraphs.append(f"{mark} {title(listed.coupon, language)}\n{stands}")
    return "\n\n".join(paragraphs)


def no_coupons(language: Language) -> str:
    return gettext(language, "There are no coupons for you yet. When one comes, I will write.")


def coupon_caption(language: Language, listed: ListedCoupon, at: datetime) -> str:
    """The words under the picture of a coupon's code: the till takes it scanned or typed, in any case."""
    lines = (
        f"🎁 {title(listed.coupon, language)}",
        explain_coupon(language, listed, at),
        "",
        gettext(language, "Show this code at the till together with your card:"),
        spaced(listed.coupon),
    )
    return "\n".join(lines)[:MAX_CAPTION]


def spaced(coupon: Coupon) -> str:
    """Write a coupon's number in groups, to be read aloud."""
    text = coupon.id.upper()
    return "-".join(text[place : place + GROUP_LENGTH] for place in range(0, len(text), GROUP_LENGTH))
