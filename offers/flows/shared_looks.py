"""Shared looks: those who ask at one moment are answered by one reading, begun after each of them asked.

A thousand who come too late for the last code would otherwise each ask the database what the others were just told.
Nobody is given a sight from before they asked, so it is worth as much as one of their own.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from weakref import WeakValueDictionary

Sight = TypeVar("Sight")
LOOKED_UP_AT_ONCE = 500


@dataclass(slots=True, weakref_slot=True)
class _Look:
    """Readings of one thing: how many have begun, and what the last that ended saw."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    begun: int = 0
    ended: int = 0
    sight: Any = None


_LOOKS: WeakValueDictionary[tuple[str, ...], _Look] = WeakValueDictionary()
"""Only of what is being looked at now."""


async def shared(look: Callable[[], Awaitable[Sight]], *of: str) -> Sight:
    """Look at one thing, together with all of this process who ask for the same `of`. Raises what the look raises."""
    known = _LOOKS.get(of)
    if known is None:
        known = _LOOKS[of] = _Look()
    ticket = known.begun + 1
    async with known.lock:
        if known.ended >= ticket:
            sight: Sight = known.sight
            return sight
        known.begun += 1
        number = known.begun
        sight = await look()
        known.sight, known.ended = sight, number
        return sight


@dataclass(slots=True, weakref_slot=True)
class _Line:
    """Those who look up keys in one place: they wait until the reading under way has ended, then one reads for all."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: dict[str, asyncio.Future[Any]] = field(default_factory=dict)


_LINES: WeakValueDictionary[tuple[str, ...], _Line] = WeakValueDictionary()


async def looked_up(
    key: str, look: Callable[[Collection[str]], Awaitable[Mapping[str, Sight]]], *of: str
) -> Sight | None:
    """Look up one key, together with all of this process who look something up in `of`; None: there is none.

    `look` reads up to five hundred keys at once. Raises what it raises; the others then look again.
    """
    line = _LINES.get(of)
    if line is None:
        line = _LINES[of] = _Line()
    mine = line.waiting.setdefault(key, asyncio.get_running_loop().create_future())
    async with line.lock:
        if not mine.done():
            await _read_for_all(line, key, look)
    found: Sight | None = mine.result()
    return found


async def _read_for_all(
    line: _Line, first: str, look: Callable[[Collection[str]], Awaitable[Mapping[str, Sight]]]
) -> None:
    others = [key for key in line.waiting if key != first]
    asked = {key: line.waiting.pop(key) for key in (first, *others[: LOOKED_UP_AT_ONCE - 1])}
    try:
        found = await look(list(asked))
    except BaseException:
        line.waiting = asked | line.waiting
        raise
    for key, future in asked.items():
        future.set_result(found.get(key))
