"""What the bot says of coupons: granted, used and when it is there again, active again, given back."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date

from locales.catalogue import gettext, ngettext
from offers.model.events import CouponActiveAgain, CouponGranted, CouponRedeemed, CouponReturned
from offers.model.programme import Language, Programme

_MOMENT = timedelta(milliseconds=1)


def coupon_notice(kind: str, facts: dict[str, Any], programme: Programme, language: Language) -> str | None:
    """Say what happened to a coupon; None for what is no news of one."""
    title = facts.get(f"title_{language}", "")
    if kind == CouponGranted.__name__:
        told = ["🎁 " + gettext(language, "A coupon for you: {title}.", title=title)]
        if why := facts.get(f"reason_{language}"):
            told.append(why)
    elif kind == CouponRedeemed.__name__:
        told = [gettext(language, "Your coupon “{title}” was used.", title=title), *_next(facts, programme, language)]
    elif kind == CouponActiveAgain.__name__:
        told = ["🎁 " + gettext(language, "Your coupon “{title}” can be used again.", title=title)]
    elif kind == CouponReturned.__name__:
        told = [gettext(language, "Your coupon “{title}” is yours again: the purchase was returned.", title=title)]
    else:
        return None
    if until := facts.get("until"):
        day = _day(datetime.fromisoformat(until) - _MOMENT, programme, language)
        told.append(gettext(language, "Valid until {day} inclusive.", day=day))
    return "\n".join(told)


def _next(facts: dict[str, Any], programme: Programme, language: Language) -> list[str]:
    """Say what is left of it, or when it is there again."""
    if facts["uses_left"]:
        return [ngettext(language, "{n} use left.", "{n} uses left.", facts["uses_left"])]
    if again_at := facts.get("again_at"):
        day = _day(datetime.fromisoformat(again_at), programme, language)
        return [gettext(language, "It can be used again from {day} on.", day=day)]
    return []


def _day(at: datetime, programme: Programme, language: Language) -> str:
    return format_date(at.astimezone(ZoneInfo(programme.zone)).date(), format="d MMMM", locale=language)
