"""A token bucket that keeps one issuer under Google's requests per second."""

import asyncio
from collections.abc import Awaitable, Callable


class Pace:
    """Lets `per_second` requests through, up to `burst` of them at once, in the order they came.

    Kept as one number, the instant when the bucket is full again (the GCRA form of a token bucket), so
    there is no refill loop and a cancelled waiter costs one request of pace, never a leak.
    """

    def __init__(
        self,
        *,
        per_second: float = 20.0,
        burst: int = 5,
        now: Callable[[], float] | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Take `now` in seconds on any monotonic scale; the running loop's clock when left out."""
        if per_second <= 0 or burst < 1:
            raise ValueError(f"a pace needs a positive rate and burst, got {per_second}/s and {burst}")
        self._interval_s = 1.0 / per_second
        self._slack_s = (burst - 1) * self._interval_s
        self._now = now or (lambda: asyncio.get_running_loop().time())
        self._sleep = sleep
        self._full_at = float("-inf")

    async def take(self, *, patience_s: float) -> float:
        """Wait for a turn and return 0, or return at once how long the wait would be when it is beyond patience."""
        now = self._now()
        full_at = max(self._full_at, now)
        wait_s = max(0.0, full_at - self._slack_s - now)
        if wait_s > patience_s:
            return wait_s
        self._full_at = full_at + self._interval_s
        if wait_s > 0:
            await self._sleep(wait_s)
        return 0.0

    def rest(self, seconds: float) -> None:
        """Let nothing new through for so long: the provider said that the whole issuer is too fast."""
        self._full_at = max(self._full_at, self._now() + seconds + self._slack_s)
