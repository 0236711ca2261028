"""Pushes to APNs: one empty push makes the phone fetch the changed pass. Outcomes are values."""

import asyncio
import random
import re
import ssl
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from wallet.apple.push_connection import PushConnection
from wallet.apple.push_headers import PushHeaders
from wallet.apple.push_lane import Lane, NotConnected
from wallet.apple.push_outcomes import BadToken, PushOutcome, Refused, RetryLater, jittered, read_outcome
from wallet.apple.push_pace import NotTaken
from wallet.apple.push_stream import ConnectionLimits, ConnectionLost, NoAnswer

PRODUCTION_URL = "https://api.push.apple.com"

# Apple says that tokens may grow; 32 bytes is what devices send today. Nothing else may come into a path.
_TOKEN = re.compile(r"[0-9a-fA-F]{2,200}")
_TOPIC = re.compile(r"[A-Za-z0-9.-]{1,200}")
_BODY = b"{}"
_FORBIDDEN = 403
_ATTEMPTS = 3
_QUEUE_FULL_S = 2.0
_NO_ANSWER_S = 10.0
_CLOSING_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ApnsSettings:
    """How passes are pushed.

    Neither push type nor priority is documented for passes: `background` with 5 is known to deliver, and so is 10
    without a type (an empty `push_type` sends none). `lifetime` keeps a push for a phone that is off.
    """

    url: str = PRODUCTION_URL
    push_type: str = "background"
    priority: int = 5
    lifetime: timedelta = timedelta(hours=24)
    connections: int = 1
    streams: int = 200
    pending_limit: int = 10_000
    connect_timeout_s: float = 10.0
    stream_timeout_s: float = 10.0
    ping_after_s: float = 60.0
    ping_timeout_s: float = 10.0
    refusal_pause_s: float = 60.0

    @property
    def limits(self) -> ConnectionLimits:
        return ConnectionLimits(
            streams=self.streams,
            stream_timeout_s=self.stream_timeout_s,
            ping_after_s=self.ping_after_s,
            ping_timeout_s=self.ping_timeout_s,
        )


class ApnsClient:
    """Long-lived connections to APNs under one certificate; open it with `async with`, or `close` it.

    `context` comes from `PassIdentity.client_context`. Nothing is sent before the first push. A push that the
    server did not look at is repeated on a new connection; one whose connection broke under it is repeated too,
    because APNs keeps a single push per device and topic.
    """

    def __init__(
        self,
        settings: ApnsSettings,
        context: ssl.SSLContext,
        *,
        clock: Callable[[], datetime],
        chance: random.Random,
    ) -> None:
        address = urlsplit(settings.url)
        if address.scheme != "https" or not address.hostname:
            raise ValueError(f"APNs speaks HTTP/2 over TLS: {settings.url!r} is not an https address")
        self._settings = settings
        self._clock = clock
        self._chance = chance
        self._headers = PushHeaders(
            address.netloc,
            push_type=settings.push_type,
            priority=settings.priority,
            lifetime=settings.lifetime,
        )
        self._lanes = [
            Lane(
                address.hostname,
                address.port or 443,
                context,
                limits=settings.limits,
                connect_timeout_s=settings.connect_timeout_s,
                chance=chance,
            )
            for _ in range(max(1, settings.connections))
        ]
        self._turn = 0
        self._pending = 0
        self._refused: dict[str, tuple[Refused, float]] = {}
        self._is_closed = False

    @property
    def pending(self) -> int:
        """Pushes asked for and not answered yet."""
        return self._pending

    async def push(self, token: str, *, topic: str) -> PushOutcome:
        """Tell one device that its passes of this type changed.

        After a 403 the topic is refused without asking for `refusal_pause_s`: a wrong certificate does not mend
        itself, and Apple takes insistence for abuse.
        """
        if not _TOKEN.fullmatch(token):
            return BadToken("malformed token")
        if not _TOPIC.fullmatch(topic):
            raise ValueError(f"not a pass type: {topic!r}")
        if (standing := self._standing_refusal(topic)) is not None:
            return standing
        if self._is_closed:
            return RetryLater(0.0, "Closed")
        if self._pending >= self._settings.pending_limit:
            return RetryLater(jittered(_QUEUE_FULL_S, self._chance), "QueueFull")
        self._pending += 1
        try:
            outcome = await self._deliver(token, topic)
        finally:
            self._pending -= 1
        if isinstance(outcome, Refused) and outcome.status == _FORBIDDEN:
            until = asyncio.get_running_loop().time() + self._settings.refusal_pause_s
            self._refused[topic] = (outcome, until)
        return outcome

    async def push_many(self, tokens: Iterable[str], *, topic: str) -> dict[str, PushOutcome]:
        """Push once to every distinct token, concurrently; as many at a time as the connections carry."""
        distinct = list(dict.fromkeys(tokens))
        outcomes: dict[str, PushOutcome] = {}

        async def push_each(waiting: Iterator[str]) -> None:
            for token in waiting:
                outcomes[token] = await self.push(token, topic=topic)

        waiting = iter(distinct)
        carried = min(self._settings.streams * len(self._lanes), self._settings.pending_limit)
        async with asyncio.TaskGroup() as group:
            for _ in range(min(len(distinct), carried)):
                group.create_task(push_each(waiting))
        return outcomes

    async def close(self) -> None:
        """Say goodbye on every connection; pushes on their way come back as RetryLater. Twice is once."""
        self._is_closed = True
        await asyncio.gather(*(lane.close(timeout_s=_CLOSING_S) for lane in self._lanes))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _deliver(self, token: str, topic: str) -> PushOutcome:
        reason = "NotSent"
        for _ in range(_ATTEMPTS):
            if self._is_closed:
                return RetryLater(0.0, "Closed")
            try:
                connection = await self._connection()
                headers = self._headers.of(token, topic=topic, at=self._clock())
                answer = await connection.request(headers, _BODY)
            except (NotTaken, ConnectionLost) as lost:
                reason = lost.reason
            except NoAnswer:
                return RetryLater(jittered(_NO_ANSWER_S, self._chance), "NoAnswer")
            except NotConnected as refusal:
                return refusal.outcome
            else:
                return read_outcome(answer, at=self._clock(), chance=self._chance)
        return RetryLater(jittered(_NO_ANSWER_S, self._chance), reason)

    async def _connection(self) -> PushConnection:
        self._turn = (self._turn + 1) % len(self._lanes)
        return await self._lanes[self._turn].connection()

    def _standing_refusal(self, topic: str) -> Refused | None:
        standing = self._refused.get(topic)
        if standing is None:
            return None
        refusal, until = standing
        if asyncio.get_running_loop().time() < until:
            return refusal
        del self._refused[topic]
        return None
