"""The same findings for a health page: asked of the providers once a minute at most, whoever looks."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import Any

from locales.catalogue import LANGUAGES, gettext
from service.doctor.examine import examine
from service.doctor.observations import Observation, is_healthy
from service.doctor.surroundings import Surroundings
from service.doctor.texts import TITLES

FRESH_FOR_S = 60.0


@dataclass(slots=True)
class HealthPage:
    """Give what was found within the last minute, or look again: one at a time."""

    around: Surroundings
    now_s: Callable[[], float] = monotonic
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _kept: dict[str, Any] | None = None
    _until_s: float = 0.0

    async def __call__(self) -> dict[str, Any]:
        async with self._turn:
            if self._kept is None or self.now_s() >= self._until_s:
                at = self.around.clock()
                self._kept = health_answer(await examine(self.around), at)
                self._until_s = self.now_s() + FRESH_FOR_S
            return self._kept


def health_answer(observations: list[Observation], at: datetime) -> dict[str, Any]:
    return {
        "checked_at": at.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "healthy": is_healthy(observations),
        "findings": [_answer(each) for each in observations],
    }


def _answer(observation: Observation) -> dict[str, Any]:
    return {
        "part": observation.part.value,
        "title": {language: gettext(language, TITLES[observation.part]) for language in LANGUAGES},
        "level": observation.level.value,
        "code": observation.code,
        "text": {language: gettext(language, observation.template, **observation.facts) for language in LANGUAGES},
    }
