"""Examine everything at once, each part within its time, and tell it in one order."""

import asyncio
from collections.abc import Awaitable, Callable

from service.doctor.apple import examine_apple, examine_pushes
from service.doctor.google import examine_google
from service.doctor.holdings import examine_database, examine_outbox, examine_pictures, examine_programmes
from service.doctor.network import examine_address, examine_clock
from service.doctor.observations import Observation, Part, wrong
from service.doctor.surroundings import PATIENCE_S, Surroundings
from service.doctor.telegram import examine_telegram

LONGEST_S = 3 * PATIENCE_S
"""A part asks three questions at most, one after another."""

EXAMINED: dict[Part, Callable[[Surroundings], Awaitable[list[Observation]]]] = {
    Part.DATABASE: examine_database,
    Part.PROGRAMMES: examine_programmes,
    Part.PICTURES: examine_pictures,
    Part.OUTBOX: examine_outbox,
    Part.ADDRESS: examine_address,
    Part.CLOCK: examine_clock,
    Part.APPLE: examine_apple,
    Part.PUSHES: examine_pushes,
    Part.GOOGLE: examine_google,
    Part.TELEGRAM: examine_telegram,
}


async def examine(around: Surroundings) -> list[Observation]:
    """Give one line for each part that is well or off, and one for each thing that is wrong, part by part."""
    told = await asyncio.gather(*(_within_time(part, around) for part in EXAMINED))
    return [observation for part in told for observation in part]


async def _within_time(part: Part, around: Surroundings) -> list[Observation]:
    try:
        async with asyncio.timeout(LONGEST_S):
            return await EXAMINED[part](around)
    except TimeoutError:
        return [wrong(part, "not_finished", seconds=int(LONGEST_S))]
