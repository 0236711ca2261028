"""Occurrences of periodic coupons, at the edges of days, months, years and zones."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offers.engine.occurrences import next_occurrence, occurrence_at
from offers.model.coupon import Anchor, Every, Recurrence

MONTHLY = Recurrence(every=Every.CALENDAR_MONTH, zone="Europe/Moscow")
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
ZONES = ("Europe/Moscow", "Asia/Vladivostok", "America/New_York", "Africa/Cairo", "Asia/Almaty", "Pacific/Apia", "UTC")
instants = st.integers(0, 20 * 365 * 24 * 3_600).map(
    lambda seconds: datetime(2020, 6, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
calendars = st.builds(
    Recurrence,
    every=st.sampled_from([Every.CALENDAR_MONTH, Every.WEEKLY]),
    zone=st.sampled_from(ZONES),
    weekday=st.integers(0, 6),
    open_days=st.integers(1, 7),
)


def local(text: str, zone: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def key_at(recurrence: Recurrence, at: datetime) -> str | None:
    found = occurrence_at(recurrence, at, valid_from=LONG_AGO)
    return found.key if found else None


@pytest.mark.parametrize(
    ("zone", "text", "key"),
    [
        ("Europe/Moscow", "2026-01-31 23:59:59.999", "2026-01"),
        ("Europe/Moscow", "2026-02-01 00:00:00", "2026-02"),
        ("Asia/Vladivostok", "2026-01-31 23:59", "2026-01"),
        ("America/New_York", "2026-12-31 23:59", "2026-12"),
        ("America/New_York", "2027-01-01 00:00", "2027-01"),
        ("Europe/Moscow", "2028-02-29 23:59", "2028-02"),
        ("Europe/Moscow", "2028-03-01 00:00", "2028-03"),
        ("Europe/Moscow", "2027-02-28 23:59", "2027-02"),
        ("Europe/Moscow", "2027-03-01 00:00", "2027-03"),
    ],
)
def test_a_month_begins_at_local_midnight(zone: str, text: str, key: str) -> None:
    assert key_at(Recurrence(every=Every.CALENDAR_MONTH, zone=zone), local(text, zone)) == key


def test_one_instant_lies_in_different_months_in_different_zones() -> None:
    at = datetime(2026, 1, 31, 20, 0, tzinfo=UTC)  # 23:00 in Moscow, 06:00 of the next day in Vladivostok

    keys = [key_at(Recurrence(every=Every.CALENDAR_MONTH, zone=zone), at) for zone in ZONES[:2]]

    assert keys == ["2026-01", "2026-02"]


def test_the_leap_day_belongs_to_its_february_and_ends_it() -> None:
    february = occurrence_at(MONTHLY, local("2028-02-29 12:00", "Europe/Moscow"), valid_from=LONG_AGO)

    assert february is not None
    assert february.closes_at == local("2028-03-01", "Europe/Moscow")
    assert february.closes_at - february.opens_at == timedelta(days=29)


@settings(deadline=None)
@given(calendars, instants)
def test_an_instant_lies_inside_its_occurrence_or_before_the_next(recurrence: Recurrence, at: datetime) -> None:
    found = occurrence_at(recurrence, at, valid_from=LONG_AGO)
    following = next_occurrence(recurrence, at, valid_from=LONG_AGO)

    assert following is not None
    assert following.opens_at > at
    if found is not None:
        assert found.closes_at is not None
        assert found.opens_at <= at < found.closes_at <= following.opens_at
        assert found.key < following.key


@settings(deadline=None)
@given(calendars, instants)
def test_the_occurrence_that_opens_next_is_the_one_its_opening_lies_in(recurrence: Recurrence, at: datetime) -> None:
    following = next_occurrence(recurrence, at, valid_from=LONG_AGO)

    assert following is not None
    assert occurrence_at(recurrence, following.opens_at, valid_from=LONG_AGO) == following
    before = occurrence_at(recurrence, following.opens_at - timedelta(microseconds=1), valid_from=LONG_AGO)
    assert before is None or before.key != following.key


def test_a_midnight_that_is_skipped_is_the_instant_of_the_skip() -> None:
    cairo = Recurrence(every=Every.WEEKLY, zone="Africa/Cairo", weekday=4, open_days=1)
    friday = occurrence_at(cairo, local("2026-04-24 12:00", "Africa/Cairo"), valid_from=LONG_AGO)

    assert friday is not None
    assert friday.opens_at == datetime(2026, 4, 23, 22, 0, tzinfo=UTC)  # clocks go from 00:00 to 01:00
    assert friday.closes_at == datetime(2026, 4, 24, 21, 0, tzinfo=UTC)


def test_a_coupon_of_one_weekday_sleeps_on_the_others() -> None:
    tuesdays = Recurrence(every=Every.WEEKLY, zone="Europe/Moscow", weekday=1, open_days=1)

    assert key_at(tuesdays, local("2026-03-10 00:00", "Europe/Moscow")) == "2026-03-10"
    assert key_at(tuesdays, local("2026-03-10 23:59", "Europe/Moscow")) == "2026-03-10"
    assert key_at(tuesdays, local("2026-03-11 00:00", "Europe/Moscow")) is None
    following = next_occurrence(tuesdays, local("2026-03-11 00:00", "Europe/Moscow"), valid_from=LONG_AGO)
    assert following is not None
    assert following.key == "2026-03-17"


def test_a_weekly_coupon_crosses_the_new_year_by_its_opening_day() -> None:
    sundays = Recurrence(every=Every.WEEKLY, zone="Europe/Moscow", weekday=6)

    assert key_at(sundays, local("2027-01-01 12:00", "Europe/Moscow")) == "2026-12-27"


def test_a_rolling_period_opens_as_the_local_day_begins_and_passes_the_leap_day() -> None:
    rolling = Recurrence(every=Every.ROLLING, zone="Europe/Moscow", days=30)
    anchor = Anchor(take_key="t1", at=local("2028-01-30 23:59", "Europe/Moscow"))
    opens_at = local("2028-02-29 00:00", "Europe/Moscow")

    before = occurrence_at(rolling, opens_at - timedelta(milliseconds=1), valid_from=LONG_AGO, anchor=anchor)
    after = occurrence_at(rolling, opens_at, valid_from=LONG_AGO, anchor=anchor)

    assert (before.key if before else None, after.key if after else None) == ("first", "after:t1")


def test_a_rolling_period_waits_for_a_use_however_long_that_takes() -> None:
    rolling = Recurrence(every=Every.ROLLING, zone="Europe/Moscow", days=30)
    much_later = LONG_AGO + timedelta(days=4_000)

    found = occurrence_at(rolling, much_later, valid_from=LONG_AGO)

    assert found is not None
    assert (found.key, found.closes_at) == ("first", None)
    assert next_occurrence(rolling, much_later, valid_from=LONG_AGO) is None


def test_nothing_is_open_before_a_coupon_is_valid() -> None:
    at = local("2026-03-10 12:00", "Europe/Moscow")

    assert occurrence_at(MONTHLY, at, valid_from=at + timedelta(days=1)) is None
