"""The issuer's requests per second: the stand-in answers 429 to whoever goes faster."""

from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

from sandbox.google.errors import GoogleError

SECOND: Final = timedelta(seconds=1)


class Quota:
    """Counts what arrived within the last second, the parts of a batch one by one. `per_second` None: no limit.

    `breaches` counts the requests refused, `busiest` the most that any second took.
    """

    def __init__(self, per_second: int | None, *, clock: Callable[[], datetime]) -> None:
        self.per_second = per_second
        self.breaches = 0
        self.busiest = 0
        self._clock = clock
        self._taken: deque[datetime] = deque()

    def take(self) -> None:
        """Count one request. Raises 429 when the second is full; a refused request counts for nothing."""
        now = self._clock()
        while self._taken and self._taken[0] <= now - SECOND:
            self._taken.popleft()
        if self.per_second is not None and len(self._taken) >= self.per_second:
            self.breaches += 1
            raise GoogleError(
                HTTPStatus.TOO_MANY_REQUESTS,
                "rateLimitExceeded",
                f"Quota exceeded: {self.per_second} requests per second.",
            )
        self._taken.append(now)
        self.busiest = max(self.busiest, len(self._taken))
