"""What the handler of health works with."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from merchant.auth import Doorkeeper


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthTools:
    """`findings` looks at everything, or gives what it found a moment ago."""

    doorkeeper: Doorkeeper
    findings: Callable[[], Awaitable[dict[str, Any]]]


HEALTH = web.AppKey("health", HealthTools)
