"""A push on its way: its stream, its limits, and the ways it may be lost."""

import asyncio
from dataclasses import dataclass, field

from wallet.apple.push_outcomes import Answer


class ConnectionLost(Exception):
    """The connection ended; a push on its way may or may not have been taken."""

    def __init__(self, reason: str, cause: BaseException | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.cause = cause


class NoAnswer(Exception):
    """The stream's time is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionLimits:
    """Streams at once (the server's SETTINGS may lower it), and how long silence may last."""

    streams: int
    stream_timeout_s: float
    ping_after_s: float
    ping_timeout_s: float


@dataclass(slots=True)
class Stream:
    """A push on its way."""

    answered: "asyncio.Future[Answer]"
    unsent: bytes
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytearray = field(default_factory=bytearray)

    def fail(self, reason: Exception) -> None:
        if not self.answered.done():
            self.answered.set_exception(reason)
