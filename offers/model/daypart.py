"""Dayparts: the hours of the week in which something holds, in the outlet's own time."""

from dataclasses import dataclass

MINUTES_A_DAY = 24 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Minutes of the local day, [start, end). With an end not after the start it runs into the next day."""

    start_minute: int
    end_minute: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeklyWindow:
    """A window on some weekdays, Monday being 0. It belongs to the day it starts on, even past midnight."""

    weekdays: tuple[int, ...]
    window: Window


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialDay:
    """A date (ISO 8601) with windows of its own instead of its weekday's."""

    day: str
    windows: tuple[Window, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dayparts:
    """Windows of a week, the dates on which none starts, and the dates with windows of their own."""

    weekly: tuple[WeeklyWindow, ...]
    except_days: tuple[str, ...] = ()
    special_days: tuple[SpecialDay, ...] = ()
