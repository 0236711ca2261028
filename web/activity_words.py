"""What a discount follows, in the words of whoever reads it: what was counted when it last changed."""

from locales.catalogue import gettext, ngettext
from locales.numbers import count, money
from offers.model.activity import ActivityMeasure

VISITS = ("{count} purchase in the last {days} days", "{count} purchases in the last {days} days")
TEXTS: dict[ActivityMeasure, str] = {
    ActivityMeasure.SPEND: "{money} of purchases in the last {days} days",
    ActivityMeasure.BUYS_AGAIN: "how likely the next purchase is",
    ActivityMeasure.EXPECTED_SPEND: "what the member usually buys",
}


def activity_reason(language: str, measure: ActivityMeasure, value: int, days: int, currency: str) -> str:
    """Say why a discount is what it is. Of scores no number is told: a receipt is a public place."""
    if measure is ActivityMeasure.VISITS:
        return ngettext(language, *VISITS, value, count=count(language, value), days=days)
    return gettext(language, TEXTS[measure], money=money(language, value, currency), days=days)
