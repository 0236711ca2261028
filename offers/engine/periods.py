"""Periods of budgets: the name of the one an instant falls into, and a budget's pocket for it."""

from datetime import datetime
from zoneinfo import ZoneInfo

from offers.model.budget import Budget, CountedFor, Period
from offers.model.take import Taker

NOBODY = "nobody"
"""The pocket of takes without a member (or an outlet) where the cap is counted for each: they share one."""


def period_key(period: Period, at: datetime, zone: str) -> str:
    """Name the period: `2026-11-03`, `2026-W45` (ISO 8601, weeks begin on Monday), `2026-11`, `2026`, or `ever`."""
    day = at.astimezone(ZoneInfo(zone)).date()
    match period:
        case Period.NONE:
            return "ever"
        case Period.DAY:
            return day.isoformat()
        case Period.WEEK:
            year, week, _ = day.isocalendar()
            return f"{year:04}-W{week:02}"
        case Period.MONTH:
            return f"{day:%Y-%m}"
        case Period.YEAR:
            return f"{day:%Y}"


def pocket_of(budget: Budget, taker: Taker, at: datetime) -> str:
    """Name the pocket a take comes out of."""
    match budget.counted_for:
        case CountedFor.ALL:
            whose = "all"
        case CountedFor.OUTLET:
            whose = f"outlet={taker.outlet_id or NOBODY}"
        case CountedFor.MEMBER:
            whose = f"member={taker.member_id or NOBODY}"
    return f"{budget.id}|{whose}|{period_key(budget.period, at, budget.zone)}"


def slices_of(budget: Budget) -> int:
    """A member's own pocket is never hot; the others are cut as the budget says, but into no empty slices."""
    if budget.counted_for is CountedFor.MEMBER:
        return 1
    return max(1, min(budget.slices, budget.cap))
