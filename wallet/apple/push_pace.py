"""What keeps a connection honest: how many streams at once, and whether the other side still breathes."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Protocol


class NotTaken(Exception):
    """The server did not look at this push: it may be repeated at once on another connection."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Places:
    """Places for streams, given out in the order of asking; their number may change while some wait."""

    def __init__(self, limit: Callable[[], int]) -> None:
        self._limit = limit
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._taken = 0
        self._closed_reason: str | None = None

    async def take(self) -> None:
        """Wait for a place. Raises NotTaken when the connection takes no more streams."""
        while self._closed_reason is None and self._taken >= self._limit():
            turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append(turn)
            try:
                await turn
            except asyncio.CancelledError:
                self.wake()  # the turn may have come at the same moment: pass it on
                raise
        if self._closed_reason is not None:
            raise NotTaken(self._closed_reason)
        self._taken += 1

    def give_back(self) -> None:
        self._taken -= 1
        self.wake()

    def close(self, reason: str) -> None:
        """Send away those who wait, and everyone who comes later."""
        self._closed_reason = self._closed_reason or reason
        self.wake()

    def wake(self) -> None:
        free = len(self._waiting) if self._closed_reason is not None else self._limit() - self._taken
        while self._waiting and free > 0:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                free -= 1


class Pinged(Protocol):
    """What a pulse is felt on."""

    def send_ping(self) -> None: ...

    def lose(self, reason: str) -> None: ...


class Pulse:
    """Asks a silent connection whether it lives, and ends it when no answer comes in time."""

    def __init__(self, patient: Pinged, *, ping_after_s: float, ping_timeout_s: float) -> None:
        self._patient = patient
        self._ping_after_s = ping_after_s
        self._ping_timeout_s = ping_timeout_s
        self._loop = asyncio.get_running_loop()
        self._heard_at = self._loop.time()
        self._is_asked = False
        self._timer = self._loop.call_later(ping_after_s, self._listen)

    def heard(self) -> None:
        self._heard_at = self._loop.time()

    def answered(self) -> None:
        self._is_asked = False
        self._plan(self._ping_after_s, self._listen)

    def ask(self) -> None:
        """Ping now, unless a ping is already on its way."""
        if self._is_asked:
            return
        self._is_asked = True
        self._patient.send_ping()
        self._plan(self._ping_timeout_s, self._give_up)

    def stop(self) -> None:
        self._timer.cancel()
        self._is_asked = True  # nothing more is asked

    def _listen(self) -> None:
        silent_s = self._loop.time() - self._heard_at
        if silent_s >= self._ping_after_s:
            self.ask()
        else:
            self._plan(self._ping_after_s - silent_s, self._listen)

    def _give_up(self) -> None:
        self._patient.lose("PingTimeout")

    def _plan(self, delay_s: float, action: Callable[[], None]) -> None:
        self._timer.cancel()
        self._timer = self._loop.call_later(delay_s, action)
