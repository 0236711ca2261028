"""Where a coupon stands, in one short sentence: until when it may be used, when again, or why not."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date

from locales.catalogue import gettext, ngettext
from locales.numbers import moment
from offers.flows.list_coupons import ListedCoupon, runs
from offers.model.coupon import CouponState
from offers.model.programme import Language

TEXTS = {
    "usable": "Can be used now",
    "held": "Set aside for a purchase that is under way",
    "used": "Used",
    "over": "No longer valid",
    "off": "Its offer is not running at the moment",
    "elsewhere": "Cannot be used at this till",
}
_MOMENT = timedelta(milliseconds=1)


def explain_coupon(language: str, listed: ListedCoupon, at: datetime) -> str:
    """Say where a coupon stands, and first why the member has it, where that is told.

    Days are those of the coupon's own zone.
    """
    stands, why = _stands(language, listed, at), listed.coupon.reason
    return f"{why(Language(language))} {stands}" if why and listed.now.uses_left else stands


def _stands(language: str, listed: ListedCoupon, at: datetime) -> str:
    now, zone = listed.now, listed.coupon.recurrence.zone
    if now.uses_left:
        is_off = listed.offer is not None and not runs(listed.offer, at)
        return gettext(language, TEXTS["off"]) if is_off else _usable(language, listed)
    if now.state is CouponState.HELD:
        return gettext(language, TEXTS["held"])
    if at < listed.coupon.valid_from:
        return gettext(language, "Valid from {day} on", day=_day(language, listed.coupon.valid_from, zone))
    if now.again_at is not None:
        return gettext(language, "Used; again from {day} on", day=_day(language, now.again_at, zone))
    return _over(language, listed, at)


def explain_refusal(language: str, listed: ListedCoupon, at: datetime) -> str:
    """Say to a cashier why a coupon cannot be ticked."""
    if listed.now.uses_left and listed.offer is None:
        return gettext(language, TEXTS["elsewhere"])
    return explain_coupon(language, listed, at)


def _over(language: str, listed: ListedCoupon, at: datetime) -> str:
    if listed.now.state in {CouponState.REDEEMED, CouponState.EXHAUSTED}:
        return gettext(language, TEXTS["used"])
    ended = listed.coupon.ended_at or listed.coupon.valid_until
    if ended is None or ended > at:
        return gettext(language, TEXTS["over"])
    return gettext(language, "Ran out on {day}", day=_day(language, ended - _MOMENT, listed.coupon.recurrence.zone))


def _usable(language: str, listed: ListedCoupon) -> str:
    now = listed.now
    parts = []
    if now.until is not None:
        parts.append(_until(language, now.until, listed.coupon.recurrence.zone))
    if now.uses_left > 1:
        parts.append(ngettext(language, "{n} use left", "{n} uses left", now.uses_left))
    return ", ".join(parts) or gettext(language, TEXTS["usable"])


def _until(language: str, end: datetime, zone: str) -> str:
    """A coupon that ends with its day is valid through that day; any other ends at an hour."""
    if _begins_a_day(end, zone):
        return gettext(language, "Valid until {day} inclusive", day=_day(language, end - _MOMENT, zone))
    return gettext(language, "Valid until {moment}", moment=moment(language, end, zone))


def _day(language: str, at: datetime, zone: str) -> str:
    return format_date(at.astimezone(ZoneInfo(zone)).date(), "d MMMM", locale=language)


def _begins_a_day(at: datetime, zone: str) -> bool:
    local = at.astimezone(ZoneInfo(zone))
    return (local.hour, local.minute, local.second) == (0, 0, 0)
