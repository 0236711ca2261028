"""What the bot says of a card that was blocked, works again, or was replaced."""

from typing import Any

from locales.catalogue import gettext
from offers.model.card import CardState
from offers.model.programme import Language


def card_notice(facts: dict[str, Any], language: Language) -> str:
    """Say what became of the card; points and coupons are the member's, whatever becomes of it."""
    if facts["replaced_by"]:
        return "💳 " + gettext(
            language,
            "You have a new card. The old one works no more, and shows so in every wallet: add the new one there. "
            "Points, level and coupons are the same.",
        )
    if facts["state"] == CardState.BLOCKED:
        return "🔒 " + gettext(
            language,
            "Your card is blocked: nobody can use it. Points, level and coupons are safe. "
            "Was it not you? Ask at the till.",
        )
    return "🔓 " + gettext(language, "Your card works again.")
