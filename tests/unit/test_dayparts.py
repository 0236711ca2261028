"""Happy hours: by the outlet's own clocks, past midnight, on exceptional days, and when the clocks change."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offers.engine.dayparts import DaypartTable, instant_of, local_moment
from offers.model.daypart import Dayparts, SpecialDay, WeeklyWindow, Window
from tests.unit.offered import DAYPARTS

BERLIN, MOSCOW, ALMATY, KATHMANDU = "Europe/Berlin", "Europe/Moscow", "Asia/Almaty", "Asia/Kathmandu"
ZONES = (BERLIN, MOSCOW, ALMATY, KATHMANDU, "America/St_Johns", "Australia/Lord_Howe", "Africa/Casablanca")
EVERY_DAY, WORKDAYS = tuple(range(7)), tuple(range(5))


def window(start: str, end: str) -> Window:
    return Window(start_minute=minute(start), end_minute=minute(end))


def minute(clock_time: str) -> int:
    hours, minutes = clock_time.split(":")
    return int(hours) * 60 + int(minutes)


def table(*windows: tuple[str, str], weekdays: tuple[int, ...] = EVERY_DAY, **rest: object) -> DaypartTable:
    weekly = tuple(WeeklyWindow(weekdays=weekdays, window=window(*each)) for each in windows)
    return DaypartTable(Dayparts(weekly=weekly, **rest))  # type: ignore[arg-type] # the rest is named by the tests


def open_at(hours: DaypartTable, instant: str, zone: str = MOSCOW) -> bool:
    return hours.covers(local_moment(datetime.fromisoformat(instant), zone))


@pytest.mark.parametrize(
    ("instant", "is_open"),
    [
        ("2026-03-11T06:59:59.999Z", False),
        ("2026-03-11T07:00:00Z", True),
        ("2026-03-11T08:59:59.999Z", True),
        ("2026-03-11T09:00:00Z", False),
        ("2026-03-11T13:00:00Z", True),
        ("2026-03-11T16:00:00Z", False),
        ("2026-03-14T07:30:00Z", False),
    ],
)
def test_several_windows_a_day_each_without_its_last_instant(instant: str, is_open: bool) -> None:  # noqa: FBT001
    workdays_in_moscow = table(("10:00", "12:00"), ("16:00", "19:00"), weekdays=WORKDAYS)

    assert open_at(workdays_in_moscow, instant) is is_open


def test_the_same_instant_is_another_hour_elsewhere() -> None:
    mornings = table(("10:00", "12:00"))

    assert open_at(mornings, "2026-03-11T08:30:00Z", MOSCOW)
    assert not open_at(mornings, "2026-03-11T08:30:00Z", BERLIN)
    assert open_at(mornings, "2026-03-11T05:00:00Z", ALMATY)
    assert open_at(mornings, "2026-03-11T04:15:00Z", KATHMANDU)


def test_a_window_past_midnight_belongs_to_the_day_it_starts_on() -> None:
    friday_night = table(("22:00", "02:00"), weekdays=(4,))

    assert open_at(friday_night, "2026-03-13T19:00:00Z")  # Friday 22:00
    assert open_at(friday_night, "2026-03-13T22:59:59Z")  # Saturday 01:59:59
    assert not open_at(friday_night, "2026-03-13T23:00:00Z")  # Saturday 02:00
    assert not open_at(friday_night, "2026-03-12T22:00:00Z")  # Friday 01:00
    assert not open_at(friday_night, "2026-03-14T19:30:00Z")  # Saturday 22:30


def test_a_whole_day_ends_with_it() -> None:
    sundays = table(("00:00", "24:00"), weekdays=(6,))

    assert open_at(sundays, "2026-03-14T21:00:00Z")
    assert open_at(sundays, "2026-03-15T20:59:59Z")
    assert not open_at(sundays, "2026-03-15T21:00:00Z")


def test_nothing_starts_on_an_excepted_date_but_the_night_before_runs_out() -> None:
    nights = table(("22:00", "02:00"), except_days=("2026-03-08",))

    assert open_at(nights, "2026-03-07T22:30:00Z")  # the 8th, 01:30, still the night of the 7th
    assert not open_at(nights, "2026-03-08T19:30:00Z")  # the 8th, 22:30
    assert not open_at(nights, "2026-03-08T22:30:00Z")  # the 9th, 01:30: the night of the 8th never began


def test_a_special_day_has_hours_of_its_own() -> None:
    special = SpecialDay(day="2026-03-08", windows=(window("09:00", "21:00"),))
    hours = table(("10:00", "12:00"), special_days=(special,))

    assert open_at(hours, "2026-03-08T15:00:00Z")
    assert not open_at(hours, "2026-03-09T15:00:00Z")


def test_in_spring_the_skipped_hour_is_simply_not_there() -> None:
    # Berlin, 2026-03-29: 02:00 becomes 03:00 at 01:00Z.
    night = table(("02:15", "03:30"))

    assert not open_at(night, "2026-03-29T00:59:59Z", BERLIN)  # 01:59:59
    assert open_at(night, "2026-03-29T01:00:00Z", BERLIN)  # 03:00
    assert open_at(night, "2026-03-29T01:29:59Z", BERLIN)
    assert not open_at(night, "2026-03-29T01:30:00Z", BERLIN)
    skipped = table(("02:15", "02:45"))
    instants = (datetime(2026, 3, 28, 22, tzinfo=UTC) + timedelta(minutes=each) for each in range(24 * 60))
    assert not any(skipped.covers(local_moment(each, BERLIN)) for each in instants)


def test_in_autumn_the_hour_that_comes_twice_is_in_the_window_twice() -> None:
    # Berlin, 2026-10-25: 03:00 becomes 02:00 at 01:00Z.
    night = table(("02:15", "02:45"))
    first = datetime(2026, 10, 25, tzinfo=UTC)

    minutes = [each for each in range(3 * 60) if night.covers(local_moment(first + timedelta(minutes=each), BERLIN))]

    assert minutes == [*range(15, 45), *range(75, 105)]


def test_an_opening_that_the_clocks_skip_happens_when_they_jump() -> None:
    assert instant_of(date(2026, 3, 29), minute("02:30"), BERLIN) == datetime(2026, 3, 29, 1, tzinfo=UTC)
    opening = table(("02:30", "04:00")).next_opening(datetime(2026, 3, 28, 12, tzinfo=UTC), BERLIN)
    assert opening == datetime(2026, 3, 29, 1, tzinfo=UTC)


def test_an_opening_that_comes_twice_happens_once() -> None:
    hours = table(("02:30", "04:00"))
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)

    assert hours.next_opening(datetime(2026, 10, 24, 12, tzinfo=UTC), BERLIN) == first
    assert hours.next_opening(first, BERLIN) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


def test_hours_that_never_come_have_no_next_opening() -> None:
    assert DaypartTable(Dayparts(weekly=())).next_opening(datetime(2026, 1, 1, tzinfo=UTC), MOSCOW) is None


def plainly(dayparts: Dayparts, at: datetime, zone: str) -> bool:
    """The same question, asked slowly: is the wall time in a window of today, or in one of yesterday that runs over?"""
    wall = at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    for back in (0, 1):
        day = wall.date() - timedelta(days=back)
        special = [each.windows for each in dayparts.special_days if each.day == str(day)]
        windows = special[0] if special else [
            weekly.window for weekly in dayparts.weekly if day.weekday() in weekly.weekdays
        ]  # fmt: skip
        if str(day) in dayparts.except_days:
            continue
        for each in windows:
            start = datetime.combine(day, datetime.min.time()) + timedelta(minutes=each.start_minute)
            end = datetime.combine(day, datetime.min.time()) + timedelta(minutes=each.end_minute)
            if end <= start:
                end += timedelta(days=1)
            if start <= wall < end:
                return True
    return False


INSTANTS = st.datetimes(
    datetime(2026, 3, 1),  # noqa: DTZ001 - the strategy adds the zone
    datetime(2026, 4, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)


@given(DAYPARTS, INSTANTS, st.sampled_from(ZONES))
def test_a_table_answers_what_the_windows_say(dayparts: Dayparts, at: datetime, zone: str) -> None:
    assert DaypartTable(dayparts).covers(local_moment(at, zone)) is plainly(dayparts, at, zone)


@given(DAYPARTS, INSTANTS, st.sampled_from(ZONES))
def test_the_next_opening_is_the_first_one_and_later_than_asked(dayparts: Dayparts, at: datetime, zone: str) -> None:
    hours = DaypartTable(dayparts)

    opening = hours.next_opening(at, zone)

    if opening is not None:
        assert opening > at
        assert hours.next_opening(opening - timedelta(seconds=1), zone) == opening
        assert local_moment(opening, zone).day >= local_moment(at, zone).day


@given(st.dates(date(2024, 1, 1), date(2028, 12, 31)), st.integers(0, 1439), st.sampled_from(ZONES))
def test_an_instant_shows_its_time_unless_the_clocks_jumped_over_it(day: date, minutes: int, zone: str) -> None:
    instant = instant_of(day, minutes, zone)
    shown = local_moment(instant, zone)

    if (shown.day, shown.minute) != (day, minutes):
        before = local_moment(instant - timedelta(seconds=1), zone)
        assert (before.day, before.minute) < (day, minutes) < (shown.day, shown.minute)
