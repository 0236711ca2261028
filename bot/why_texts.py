"""What the bot says of how a purchase was counted: what was applied, then why each of the others was not."""

from datetime import datetime

from bot.texts import SEPARATOR, day
from locales.catalogue import gettext
from locales.numbers import money
from offers.model.programme import Language
from offers.model.purchase import Receipt
from web.explain import explain

MAX_MESSAGE = 4000
"""Telegram takes 4096 characters; what does not fit comes with the next press of a button."""
_CUT = "…"


def purchase_label(language: Language, receipt: Receipt, *, zone: str, at: datetime) -> str:
    paid = money(language, receipt.payable_minor, receipt.currency)
    return SEPARATOR.join((day(language, receipt.at, zone=zone, at=at), paid))


def why(language: Language, receipt: Receipt, *, zone: str, at: datetime, start: int = 0) -> tuple[str, int | None]:
    """Say how a receipt came out, from its explanation number `start` on; gives where the next part starts.

    What was applied comes first; every explanation is said exactly once.
    """
    title = "🔎 " + purchase_label(language, receipt, zone=zone, at=at)
    if not receipt.explain:
        told = gettext(language, "This purchase was brought in from elsewhere: its discount was not counted here.")
        return f"{title}\n\n{told}", None
    text = title if start else f"{title}\n{_sums(language, receipt)}"
    last_applied: bool | None = None
    lines = sorted(receipt.explain, key=lambda line: not line.applied)
    for place, line in enumerate(lines[start:], start):
        heading = "" if line.applied is last_applied else "\n\n" + _heading(language, applied=line.applied)
        mark = "✓" if line.applied else "–"
        added = f"{heading}\n{mark} {explain(language, line, receipt.currency)}"
        if place > start and len(text) + len(added) > MAX_MESSAGE:
            return text, place
        text += added if len(added) <= MAX_MESSAGE - len(text) else added[: MAX_MESSAGE - len(text)] + _CUT
        last_applied = line.applied
    return text, None


def _sums(language: Language, receipt: Receipt) -> str:
    return gettext(
        language,
        "Price {total}, discount {discount}, paid with points {redeemed}.",
        total=money(language, receipt.total_minor, receipt.currency),
        discount=money(language, receipt.discount_minor, receipt.currency),
        redeemed=money(language, receipt.redeemed_minor, receipt.currency),
    )


def _heading(language: Language, *, applied: bool) -> str:
    return gettext(language, "Applied:" if applied else "Not applied, and why:")
