"""The sample members: habits without names, phones nobody has, all from one seed."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from random import Random
from zoneinfo import ZoneInfo

from offers.model.history import MemberKey, PastMember
from offers.model.member import Birthday
from offers.model.programme import Language
from sandbox.sample.menu import DRINK_WEIGHTS, DRINKS, Dish

MEMBERS = 120
DAYS = 365
SOURCE = "sample"
PHONE = "+7000{number:07d}"
"""No Russian operator has the code 000: a message to such a number reaches nobody."""


class Habit(StrEnum):
    COMMUTER = "commuter"
    LUNCHER = "luncher"
    WEEKENDER = "weekender"
    STUDENT = "student"


HABIT_WEIGHTS = {Habit.COMMUTER: 40, Habit.LUNCHER: 25, Habit.WEEKENDER: 20, Habit.STUDENT: 15}
VISITS_A_WEEK = {Habit.COMMUTER: 2.2, Habit.LUNCHER: 1.6, Habit.WEEKENDER: 0.9, Habit.STUDENT: 1.5}


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleMember:
    """One habit on two legs. Days count from the first of the history; `lapses_on` is the day they stop coming."""

    past: PastMember
    habit: Habit
    favourite: Dish
    visits_a_week: float
    joins_on: int
    lapses_on: int


def first_midnight(until: datetime, zone: str) -> datetime:
    """Give the local midnight the history begins at, as local time."""
    local = ZoneInfo(zone)
    day = until.astimezone(local).date() - timedelta(days=DAYS - 1)
    return datetime.combine(day, time(), local)


def sample_members(dice: Random, *, until: datetime, zone: str) -> list[SampleMember]:
    """Make the members: half were there when the year began, the others joined during it; a fifth lapse."""
    begins = first_midnight(until, zone)
    return [_member(dice, number, begins) for number in range(1, MEMBERS + 1)]


def _member(dice: Random, number: int, begins: datetime) -> SampleMember:
    habit = dice.choices(list(HABIT_WEIGHTS), weights=list(HABIT_WEIGHTS.values()))[0]
    joins_on = 0 if dice.random() < 0.5 else dice.randrange(1, DAYS - 20)  # noqa: PLR2004 - half of them
    lapses = dice.random() < 0.2  # noqa: PLR2004 - a fifth of them
    lapses_on = min(DAYS, joins_on + dice.randrange(30, 240)) if lapses else DAYS
    local_day = begins.date() + timedelta(days=joins_on)
    enrolled_at = datetime.combine(local_day, time(8), begins.tzinfo)
    return SampleMember(
        past=PastMember(
            key=MemberKey(external_id=f"sample-{number:03d}", phone=PHONE.format(number=number)),
            language=Language.EN if dice.random() < 0.15 else Language.RU,  # noqa: PLR2004 - a few of them
            birthday=_birthday(dice),
            source=SOURCE,
            enrolled_at=enrolled_at.astimezone(UTC),
            is_sample=True,
        ),
        habit=habit,
        favourite=dice.choices(DRINKS, weights=DRINK_WEIGHTS)[0],
        visits_a_week=VISITS_A_WEEK[habit] * dice.lognormvariate(-0.1, 0.45),
        joins_on=joins_on,
        lapses_on=lapses_on,
    )


def _birthday(dice: Random) -> Birthday | None:
    """Some tell their birthday, fewer its year."""
    if dice.random() < 0.3:  # noqa: PLR2004 - some of them
        return None
    year = dice.randrange(1960, 2008) if dice.random() < 0.6 else None  # noqa: PLR2004 - most of those
    return Birthday(month=dice.randrange(1, 13), day=dice.randrange(1, 29), year=year)
