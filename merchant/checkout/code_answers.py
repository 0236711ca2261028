"""What a till is told of the code it scanned: what it may do, and in both languages what to do about the rest."""

from typing import Any

from locales.catalogue import LANGUAGES, gettext
from offers.flows.look_at_code import CodeMay
from offers.model.card import Card
from offers.model.showing import CodeRight, Showing

_ASKED_FOR = (CodeRight.ACCRUE, CodeRight.REDEEM_POINTS, CodeRight.USE_COUPONS, CodeRight.SPEND_PREPAID)
TEXTS: dict[CodeRight, str] = {
    CodeRight.ACCRUE: "This code only shows the card. To buy with it, the member opens it in Telegram or on its page.",
    CodeRight.REDEEM_POINTS: "Points cannot be spent by this code: ask for the one that changes.",
    CodeRight.USE_COUPONS: "Coupons cannot be used by this code: ask for the one that changes.",
    CodeRight.SPEND_PREPAID: "The prepaid balance cannot be spent by this code: ask for the one that changes.",
}
LIMITED = "By this code {points} points more may be spent today."
REPLACED = "This card was replaced: the member has a new one."


def code_answer(card: Card, shown: Showing, may: CodeMay) -> dict[str, Any]:
    """Tell how the card was shown, what the code may do, and as sentences what it may not."""
    return {
        "replaced": card.replaced_by is not None,
        "shown": shown.by.value,
        "may": {right.value: may.rights.allow(right) for right in _ASKED_FOR} | {"points_today": may.points_left},
        "notes": [
            {language: gettext(language, text, **facts) for language in LANGUAGES} for text, facts in _notes(card, may)
        ],
    }


def _notes(card: Card, may: CodeMay) -> list[tuple[str, dict[str, int]]]:
    """Say first what matters most; a code that may not even accrue needs no further words."""
    if card.replaced_by is not None:
        return [(REPLACED, {})]
    if not may.rights.allow(CodeRight.ACCRUE):
        return [(TEXTS[CodeRight.ACCRUE], {})]
    notes: list[tuple[str, dict[str, int]]] = [
        (TEXTS[right], {}) for right in _ASKED_FOR if not may.rights.allow(right) and may.rotating.allow(right)
    ]
    if may.points_left is not None and may.rights.allow(CodeRight.REDEEM_POINTS):
        notes.append((LIMITED, {"points": may.points_left}))
    return notes
