"""Local days: the business day of an outlet, and the beginning and end of a local day as instants."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def business_day(at: datetime, zone: str) -> str:
    """Give the outlet's local date of an instant, ISO 8601."""
    return at.astimezone(ZoneInfo(zone)).date().isoformat()


def midnight(day: date, zone: str) -> datetime:
    """Give the instant at which a local day begins, in UTC."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def end_of_local_day(at: datetime, zone: str, *, days: int) -> datetime:
    """Give the instant at which the local day `days` after that of `at` ends (exclusive), in UTC."""
    return midnight(at.astimezone(ZoneInfo(zone)).date() + timedelta(days=days + 1), zone)
