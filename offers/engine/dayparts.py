"""Dayparts: whether an instant, as the outlet's clocks show it, falls into a window, and when the next one opens.

Windows are tested on wall time. Hours that the clocks skip in spring are in no window, because no instant shows them;
hours that come twice in autumn are in their window both times. An opening happens once: at the first valid instant
after a skipped hour, and at the first of two.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from offers.model.daypart import MINUTES_A_DAY, Dayparts, Window

_DAYS_AHEAD = 400
_A_DAY = timedelta(days=1)

Span = tuple[int, int]
"""Minutes of the day a window starts on, [start, end); the end may lie in the next day, past 1440."""


@dataclass(frozen=True, slots=True)
class LocalMoment:
    """An instant as the clocks of a place show it; `minute` is counted from midnight."""

    day: date
    minute: int

    @property
    def weekday(self) -> int:
        return self.day.weekday()

    def clock_time(self) -> str:
        return clock_time(self.minute)


def local_moment(at: datetime, zone: str) -> LocalMoment:
    local = at.astimezone(ZoneInfo(zone))
    return LocalMoment(day=local.date(), minute=local.hour * 60 + local.minute)


def clock_time(minute: int) -> str:
    """Write minutes of a day: `09:30`; the end of a day is `24:00`, and what lies past it is the next day's."""
    shown = minute if minute <= MINUTES_A_DAY else minute - MINUTES_A_DAY
    return f"{shown // 60:02}:{shown % 60:02}"


class DaypartTable:
    """Dayparts made ready to be asked: the spans of every weekday and special day, worked out once."""

    __slots__ = ("_runs_over", "_special", "_weekly")

    def __init__(self, dayparts: Dayparts) -> None:
        week: list[list[Span]] = [[] for _ in range(7)]
        for weekly in dayparts.weekly:
            for weekday in weekly.weekdays:
                week[weekday].append(_span(weekly.window))
        self._weekly = [tuple(sorted(set(spans))) for spans in week]
        self._special: dict[date, Sequence[Span]] = {
            date.fromisoformat(special.day): tuple(sorted({_span(window) for window in special.windows}))
            for special in dayparts.special_days
        }
        self._special |= {date.fromisoformat(day): () for day in dayparts.except_days}
        spans_of_all = [*self._weekly, *self._special.values()]
        self._runs_over = any(end > MINUTES_A_DAY for spans in spans_of_all for _, end in spans)

    def spans(self, day: date) -> Sequence[Span]:
        """Give the windows that start on a date."""
        special = self._special.get(day) if self._special else None
        return self._weekly[day.weekday()] if special is None else special

    def covers(self, moment: LocalMoment) -> bool:
        minute = moment.minute
        if any(start <= minute < end for start, end in self.spans(moment.day)):
            return True
        if not self._runs_over:
            return False
        late = minute + MINUTES_A_DAY
        return any(late < end for _, end in self.spans(moment.day - _A_DAY))

    def is_exception(self, day: date) -> bool:
        """Tell whether a date has windows of its own, or none."""
        return day in self._special

    def next_opening(self, after: datetime, zone: str) -> datetime | None:
        """Give the first instant later than `after` at which a window opens; None: not within 400 days."""
        first_day = local_moment(after, zone).day
        openings = (instant_of(day, start, zone) for day in _days(first_day - _A_DAY) for start, _ in self.spans(day))
        return next((opening for opening in openings if opening > after), None)


def instant_of(day: date, minute: int, zone: str) -> datetime:
    """Give the instant, in UTC, at which the clocks first show a local time, or jump over it."""
    place = ZoneInfo(zone)
    wall = datetime.combine(day, time(), place) + timedelta(minutes=minute)
    instant = wall.astimezone(UTC)
    if instant.astimezone(place).replace(tzinfo=None) == wall.replace(tzinfo=None):
        return instant
    # The time does not exist. Read with the offset from before the jump it lies past it, with the one after, short of
    # it; the jump itself is between the two.
    return _jump(wall.replace(fold=1).astimezone(UTC), instant, place)


def _jump(before: datetime, after: datetime, place: ZoneInfo) -> datetime:
    """Find the whole second in (before, after] at which the offset from UTC changes."""
    old = before.astimezone(place).utcoffset()
    low, high = 0, int((after - before).total_seconds())
    while high - low > 1:
        middle = (low + high) // 2
        if (before + timedelta(seconds=middle)).astimezone(place).utcoffset() == old:
            low = middle
        else:
            high = middle
    return before + timedelta(seconds=high)


def _span(window: Window) -> Span:
    if window.end_minute > window.start_minute:
        return window.start_minute, window.end_minute
    return window.start_minute, window.end_minute + MINUTES_A_DAY


def _days(first: date) -> Iterator[date]:
    return (first + timedelta(days=ahead) for ahead in range(_DAYS_AHEAD))
