"""Local days: the business day of an outlet and the end of a local day as an instant."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo


def business_day(at: datetime, zone: str) -> str:
    """Give the outlet's local date of an instant, ISO 8601."""
    return at.astimezone(ZoneInfo(zone)).date().isoformat()


def end_of_local_day(at: datetime, zone: str, *, days: int) -> datetime:
    """Give the instant at which the local day `days` after that of `at` ends (exclusive), in UTC."""
    local_zone = ZoneInfo(zone)
    last_day = at.astimezone(local_zone).date() + timedelta(days=days)
    return datetime.combine(last_day + timedelta(days=1), time(), local_zone).astimezone(UTC)
