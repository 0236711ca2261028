"""Dayparts as text: windows of a week, excepted dates, and dates with hours of their own."""

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field, ValidationInfo, field_validator

from merchant.offers.words import STRICT, Clock, Day
from offers.model.daypart import MINUTES_A_DAY, Dayparts, SpecialDay, WeeklyWindow, Window

MAX_WINDOWS = 50
MAX_DAYS = 400


class Weekday(StrEnum):
    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


WEEK = tuple(Weekday)


def _each_day_once(days: list[Weekday]) -> list[Weekday]:
    if len(set(days)) < len(days):
        raise ValueError("a day stands here twice")
    return days


class HoursBody(BaseModel):
    """From a time of day until another, which is not in it any more; with an earlier end, past midnight."""

    model_config = STRICT

    start: Clock = Field(alias="from")
    end: Clock = Field(alias="to")

    @field_validator("start")
    @classmethod
    def _within_the_day(cls, start: int) -> int:
        if start == MINUTES_A_DAY:
            raise ValueError("a window starts before the day ends")
        return start

    @field_validator("end")
    @classmethod
    def _is_a_time(cls, end: int, known: ValidationInfo) -> int:
        if end == 0:
            raise ValueError('the end of a day is "24:00"')
        if end == known.data.get("start"):
            raise ValueError('a window that ends as it starts is empty; a whole day is from "00:00" to "24:00"')
        return end

    def to_noun(self) -> Window:
        return Window(start_minute=self.start, end_minute=self.end)


class WeeklyBody(HoursBody):
    """Hours on some days of the week."""

    days: Annotated[list[Weekday], Field(min_length=1, max_length=7), AfterValidator(_each_day_once)]


class SpecialDayBody(BaseModel):
    """A date with hours of its own."""

    model_config = STRICT

    day: Day
    hours: list[HoursBody] = Field(max_length=MAX_WINDOWS)


class DaypartsBody(BaseModel):
    """Hours in the outlet's own time. Nothing starts on the excepted dates."""

    model_config = STRICT

    windows: list[WeeklyBody] = Field(max_length=MAX_WINDOWS)
    except_days: list[Day] = Field(default=[], max_length=MAX_DAYS)
    special_days: list[SpecialDayBody] = Field(default=[], max_length=MAX_DAYS)

    @field_validator("special_days")
    @classmethod
    def _each_date_once(cls, special_days: list[SpecialDayBody], known: ValidationInfo) -> list[SpecialDayBody]:
        days = [special.day for special in special_days]
        if len(set(days)) < len(days):
            raise ValueError("a date stands here twice")
        if set(days) & set(known.data.get("except_days", ())):
            raise ValueError("a date is excepted and has hours of its own")
        return special_days

    def to_noun(self) -> Dayparts:
        return Dayparts(
            weekly=tuple(
                WeeklyWindow(weekdays=tuple(WEEK.index(day) for day in body.days), window=body.to_noun())
                for body in self.windows
            ),
            except_days=tuple(self.except_days),
            special_days=tuple(
                SpecialDay(day=body.day, windows=tuple(hours.to_noun() for hours in body.hours))
                for body in self.special_days
            ),
        )
