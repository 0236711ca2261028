"""What the bot says of points that moved without a purchase: they wait no longer, were handed on, run out soon."""

from datetime import date
from typing import Any

from babel.dates import format_date

from bot.texts import points
from locales.catalogue import gettext
from locales.numbers import money
from offers.flows.remind_of_expiry import POINTS_EXPIRING
from offers.model.events import BalanceChanged, BalanceReason
from offers.model.ledger import POINTS
from offers.model.programme import Language

CHANGED = BalanceChanged.__name__


def ledger_notice(kind: str, facts: dict[str, Any], language: Language) -> str | None:
    """Say what happened to the points; None for what is not spoken of."""
    if kind == POINTS_EXPIRING:
        return expiring(facts, language)
    if kind != CHANGED:
        return None
    if facts["currency"] != POINTS:
        return prepaid(facts, language)
    told = _told(facts, language)
    if told is None:
        return None
    return "\n".join((told, gettext(language, "Balance: {points}", points=points(language, facts["balance"])) + "."))


def expiring(facts: dict[str, Any], language: Language) -> str:
    day = format_date(date.fromisoformat(facts["last_day"]), format="d MMMM", locale=language)
    return "⏳ " + gettext(
        language,
        "{points} can be spent until {day} inclusive, then they run out.",
        points=points(language, facts["points"]),
        day=day,
    )


def prepaid(facts: dict[str, Any], language: Language) -> str:
    amount = money(language, abs(facts["points"]), facts["currency"])
    left = money(language, facts["balance"], facts["currency"])
    sign = "+" if facts["points"] > 0 else "−"
    return gettext(language, "Prepaid: {sign}{amount}. Left: {left}.", sign=sign, amount=amount, left=left)


def _told(facts: dict[str, Any], language: Language) -> str | None:
    moved = points(language, abs(facts["points"]))
    match facts["reason"], facts["points"] > 0:
        case BalanceReason.ACTIVATED, _:
            return gettext(language, "{points} can be spent from now on.", points=moved)
        case BalanceReason.TRANSFERRED, True:
            return gettext(language, "+{points}: another member handed them to you.", points=moved)
        case BalanceReason.TRANSFERRED, False:
            return gettext(language, "−{points}: you handed them to another member.", points=moved)
        case BalanceReason.ADJUSTED, gives:
            return _adjusted(moved, language, gives=gives)
        case BalanceReason.REFERRED, gives:
            return _referred(moved, language, gives=gives)
        case _:
            return None


def _adjusted(moved: str, language: Language, *, gives: bool) -> str:
    if gives:
        return gettext(language, "+{points} from the programme.", points=moved)
    return gettext(language, "−{points}: a correction by the programme.", points=moved)


def _referred(moved: str, language: Language, *, gives: bool) -> str:
    if gives:
        return gettext(language, "+{points} for a recommendation.", points=moved)
    return gettext(language, "−{points}: the purchase they were given for was cancelled.", points=moved)
