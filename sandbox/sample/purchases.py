"""A year of purchases: who comes on which day of the week, at what time, and what they take."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from random import Random

from offers.engine.past_lines import past_line
from offers.model.history import PastPurchase
from sandbox.sample.menu import BAG_OF_BEANS, BREAKFAST, DRINK_WEIGHTS, DRINKS, LUNCH, PASTRY, Dish
from sandbox.sample.people import DAYS, Habit, SampleMember, first_midnight

OPENS, CLOSES = 8 * 60, 22 * 60
WEEKDAYS = {
    Habit.COMMUTER: (1.2, 1.3, 1.3, 1.3, 1.2, 0.4, 0.3),
    Habit.LUNCHER: (1.2, 1.3, 1.3, 1.2, 1.1, 0.5, 0.4),
    Habit.WEEKENDER: (0.2, 0.2, 0.3, 0.3, 0.8, 2.7, 2.5),
    Habit.STUDENT: (1.0, 1.1, 1.1, 1.1, 1.3, 0.8, 0.6),
}
"""How much likelier than on an average day, Monday first; each sums to seven."""

HOURS = {
    Habit.COMMUTER: (8.6, 0.5),
    Habit.LUNCHER: (13.2, 0.7),
    Habit.WEEKENDER: (11.8, 1.6),
    Habit.STUDENT: (16.5, 2.2),
}
"""The usual time of day and how far it strays, in hours."""

MONTHS = (0.92, 1.0, 1.03, 1.0, 0.95, 0.85, 0.8, 0.82, 1.05, 1.1, 1.12, 1.15)
"""Holidays in January, an empty town in July, cold in November."""


def sample_purchases(dice: Random, members: list[SampleMember], *, until: datetime, zone: str) -> list[PastPurchase]:
    """Give every purchase before `until`, in the order they happened; order references count them."""
    visits = [
        (at, member) for member in members for at in _visits(dice, member, first_midnight(until, zone)) if at < until
    ]
    visits.sort(key=lambda visit: (visit[0], visit[1].past.key.external_id or ""))
    return [_purchase(dice, number, at, member) for number, (at, member) in enumerate(visits, start=1)]


def _visits(dice: Random, member: SampleMember, begins: datetime) -> Iterator[datetime]:
    for number in range(member.joins_on, DAYS):
        day = begins.date() + timedelta(days=number)
        chance = member.visits_a_week / 7 * WEEKDAYS[member.habit][day.weekday()] * MONTHS[day.month - 1]
        if number >= member.lapses_on:
            chance *= 0.02
        if dice.random() < chance:
            usual, spread = HOURS[member.habit]
            minutes = min(max(int(dice.gauss(usual, spread) * 60), OPENS), CLOSES - 1)
            moment = time(minutes // 60, minutes % 60, dice.randrange(60))
            yield datetime.combine(day, moment, begins.tzinfo)


def _purchase(dice: Random, number: int, at: datetime, member: SampleMember) -> PastPurchase:
    lines = [
        past_line(
            sku=dish.sku,
            category=dish.category,
            quantity=Decimal(count),
            unit_price_minor=dish.price_minor,
            total_minor=dish.price_minor * count,
        )
        for dish, count in _basket(dice, at, member)
    ]
    return PastPurchase(
        member=member.past.key,
        order_ref=f"S-{number:05d}",
        business_day=at.date().isoformat(),
        at=at.astimezone(UTC),
        lines=tuple(lines),
    )


def _basket(dice: Random, at: datetime, member: SampleMember) -> Iterator[tuple[Dish, int]]:
    favours = dice.random() < 0.7  # noqa: PLR2004 - most take their favourite
    drink = member.favourite if favours else dice.choices(DRINKS, weights=DRINK_WEIGHTS)[0]
    in_company = dice.random() < (0.35 if member.habit is Habit.WEEKENDER else 0.07)
    yield drink, 2 if in_company else 1
    if dice.random() < 0.3:  # noqa: PLR2004 - some take something sweet
        yield dice.choice(PASTRY), 2 if in_company else 1
    if dice.random() < (0.35 if member.habit is Habit.LUNCHER else 0.1):
        yield dice.choice(BREAKFAST if at.hour < 12 else LUNCH), 1  # noqa: PLR2004 - noon
    if dice.random() < 0.015:  # noqa: PLR2004 - a bag for home now and then
        yield BAG_OF_BEANS, 1
