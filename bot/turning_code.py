"""The code in the bot's picture: one that changes, where the programme lets it do more than one that does not."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.card import MemberCard
from locales.catalogue import gettext
from offers.engine.rotating_codes import WINDOW_PERIODS, began_at, period_at, rotating_code, rotating_key
from offers.flows.look_at_card import CardSight


def with_turning_code(card: MemberCard, sight: CardSight, *, code_key: bytes, at: datetime) -> MemberCard:
    """Give the card as it is drawn now, with the code that may do most.

    A picture in a chat stands still, so it shows the code of the next period: tills take that one now already, and for
    longest.
    """
    policy = sight.programme.terms.codes
    if policy.static == policy.rotating:
        return card
    period = period_at(at) + 1
    key = rotating_key(sight.card.id, sight.card.code_generation, code_key)
    until = began_at(period + 1 + WINDOW_PERIODS).astimezone(ZoneInfo(sight.programme.zone))
    return replace(card, scan_code=rotating_code(sight.card.id, key, period), code_until=f"{until:%H:%M:%S}")


def turning_code(card: MemberCard) -> str:
    """Say how long the code in the picture works; nothing of one that does not change."""
    if card.code_until is None:
        return ""
    told = gettext(card.language, "The code works until {time}; after that press “Refresh”.", time=card.code_until)
    return f"⏱ {told}"
