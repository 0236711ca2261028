"""Occurrences of periodic coupons, computed: which one an instant falls into, and which one opens next.

Keys: `once`; `2026-11` (calendar month); `2026-11-03` (weekly: the day it opens); `first`, then `after:<take>`
(rolling). Calendar keys sort as their occurrences do.
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from offers.engine.calendar import midnight
from offers.model.coupon import Anchor, Every, Occurrence, Recurrence

ONCE = "once"
FIRST = "first"
_DECEMBER = 12
_WEEK = 7


def occurrence_at(
    recurrence: Recurrence,
    at: datetime,
    *,
    valid_from: datetime,
    current: str | None = None,
    anchor: Anchor | None = None,
) -> Occurrence | None:
    """Give the occurrence open at an instant; None between two weekly ones, and before the coupon is valid.

    `current` and `anchor` are what the coupon's uses left behind: a rolling period depends on them alone.
    """
    if at < valid_from:
        return None
    match recurrence.every:
        case Every.ONCE:
            return Occurrence(key=ONCE, opens_at=valid_from, closes_at=None)
        case Every.CALENDAR_MONTH:
            return _month(_local_day(at, recurrence), recurrence)
        case Every.WEEKLY:
            opening = _last_opening(_local_day(at, recurrence), recurrence)
            week = _week(opening, recurrence)
            return week if week.closes_at is not None and at < week.closes_at else None
        case Every.ROLLING:
            after = _after(recurrence, anchor)
            if after is not None and at >= after.opens_at:
                return after
            return Occurrence(key=current or FIRST, opens_at=valid_from, closes_at=after.opens_at if after else None)


def next_occurrence(
    recurrence: Recurrence, at: datetime, *, valid_from: datetime, anchor: Anchor | None = None
) -> Occurrence | None:
    """Give the first occurrence that opens after an instant; None when none is to come."""
    if recurrence.every is Every.ROLLING:
        after = _after(recurrence, anchor)
        return after if after is not None and after.opens_at > at else None
    if at < valid_from:
        return occurrence_at(recurrence, valid_from, valid_from=valid_from)
    match recurrence.every:
        case Every.CALENDAR_MONTH:
            return _month(_next_month(_local_day(at, recurrence)), recurrence)
        case Every.WEEKLY:
            last = _last_opening(_local_day(at, recurrence), recurrence)
            return _week(last + timedelta(days=_WEEK), recurrence)
        case _:
            return None


def is_later(key: str, other: str, recurrence: Recurrence) -> bool:
    """Tell whether a calendar key comes after another; rolling ones follow from uses, not from the clock."""
    return recurrence.every in {Every.CALENDAR_MONTH, Every.WEEKLY} and key > other


def occurrence_called(key: str, recurrence: Recurrence) -> Occurrence:
    """Give back a calendar occurrence by its key."""
    if recurrence.every is Every.CALENDAR_MONTH:
        return _month(date.fromisoformat(f"{key}-01"), recurrence)
    return _week(date.fromisoformat(key), recurrence)


def _after(recurrence: Recurrence, anchor: Anchor | None) -> Occurrence | None:
    """The rolling period after the one its first use anchors: it opens as the local day `days` later begins."""
    if anchor is None:
        return None
    day = _local_day(anchor.at, recurrence) + timedelta(days=recurrence.days)
    return Occurrence(key=f"after:{anchor.take_key}", opens_at=_begins(day, recurrence), closes_at=None)


def _month(day: date, recurrence: Recurrence) -> Occurrence:
    first = day.replace(day=1)
    closes_at = _begins(_next_month(first), recurrence)
    return Occurrence(key=f"{first:%Y-%m}", opens_at=_begins(first, recurrence), closes_at=closes_at)


def _next_month(day: date) -> date:
    if day.month == _DECEMBER:
        return date(day.year + 1, 1, 1)
    return date(day.year, day.month + 1, 1)


def _last_opening(day: date, recurrence: Recurrence) -> date:
    return day - timedelta(days=(day.weekday() - recurrence.weekday) % _WEEK)


def _week(opening: date, recurrence: Recurrence) -> Occurrence:
    closes_at = _begins(opening + timedelta(days=recurrence.open_days), recurrence)
    return Occurrence(key=opening.isoformat(), opens_at=_begins(opening, recurrence), closes_at=closes_at)


def _local_day(at: datetime, recurrence: Recurrence) -> date:
    return at.astimezone(ZoneInfo(recurrence.zone)).date()


def _begins(day: date, recurrence: Recurrence) -> datetime:
    """The first instant of a local day, in UTC; where midnight is skipped, the instant of the skip."""
    return midnight(day, recurrence.zone)
