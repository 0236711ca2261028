"""Turns to call Google: never more in any second than the issuer may, for one process or for all of them together."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Protocol

from offers.flows.reserve_calls import ReserveCalls

SLICE_CALLS: Final = 5
"""Calls a process reserves at once: few, because what a dying process holds is lost to the others for a second."""

_LEAST_SLEEP_S: Final = 0.001  # the database counts in milliseconds


@dataclass(frozen=True, slots=True)
class Turn:
    """So many calls may be made at once; when that is 0, asking is worth while after `wait_s`."""

    calls: int
    wait_s: float = 0.0


class Turns(Protocol):
    """Where turns come from: one process's own pace, or the one all processes share."""

    async def take(self, *, patience_s: float, most: int = 1) -> Turn:
        """Wait for up to `most` turns; at once with none when the wait would be beyond patience."""
        ...

    async def rest(self, seconds: float) -> None:
        """Let nothing new through for so long: the provider said that the whole issuer is too fast."""
        ...


def _loop_time() -> float:
    return asyncio.get_running_loop().time()


class Pace:
    """Lets `per_second` requests through, up to `burst` of them at once, in the order they came, in this process alone.

    Kept as one number, the instant when the bucket is full again (the GCRA form of a token bucket), so
    there is no refill loop and a cancelled waiter costs one request of pace, never a leak.
    """

    def __init__(
        self,
        *,
        per_second: float = 20.0,
        burst: int = 5,
        now: Callable[[], float] = _loop_time,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        """Take `now` in seconds on any monotonic scale; the running loop's clock when left out."""
        if per_second <= 0 or burst < 1:
            raise ValueError(f"a pace needs a positive rate and burst, got {per_second}/s and {burst}")
        self._interval_s = 1.0 / per_second
        self._slack_s = (burst - 1) * self._interval_s
        self._now = now
        self._sleep = sleep
        self._full_at = float("-inf")

    async def take(self, *, patience_s: float, most: int = 1) -> Turn:
        now = self._now()
        full_at = max(self._full_at, now)
        wait_s = max(0.0, full_at - self._slack_s - now)
        if wait_s > patience_s:
            return Turn(0, wait_s)
        at_once = 1 + int((now + self._slack_s - full_at) / self._interval_s) if wait_s == 0 else 1
        calls = max(1, min(most, at_once))
        self._full_at = full_at + calls * self._interval_s
        if wait_s > 0:
            await self._sleep(wait_s)
        return Turn(calls)

    async def rest(self, seconds: float) -> None:
        self._full_at = max(self._full_at, self._now() + seconds + self._slack_s)


class SharedPace:
    """Takes turns out of a quota that all processes share, a slice at a time, so that most turns cost no round trip.

    A slice is good for a moment only. It is measured from before it was asked for, so a slow database makes it shorter,
    never longer; what is not used in time is not used at all.
    """

    def __init__(
        self,
        reserve: ReserveCalls,
        *,
        slice_calls: int = SLICE_CALLS,
        now: Callable[[], float] = _loop_time,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._reserve = reserve
        self._slice_calls = slice_calls
        self._now = now
        self._sleep = sleep
        self._door = asyncio.Lock()
        self._in_hand = 0
        self._good_until = float("-inf")
        self._shut_until = float("-inf")

    async def take(self, *, patience_s: float, most: int = 1) -> Turn:
        deadline = self._now() + patience_s
        while True:
            async with self._door:
                if calls := self._out_of_hand(most):
                    return Turn(calls)
                if self._now() >= self._shut_until:
                    await self._fill_hand(most)
                    if calls := self._out_of_hand(most):
                        return Turn(calls)
                wait_s = max(0.0, self._shut_until - self._now())
            if self._now() + wait_s > deadline:
                return Turn(0, wait_s)
            await self._sleep(max(wait_s, _LEAST_SLEEP_S))

    async def rest(self, seconds: float) -> None:
        self._in_hand = 0
        self._shut_until = max(self._shut_until, self._now() + seconds)
        await self._reserve.rest(seconds)

    def _out_of_hand(self, most: int) -> int:
        if self._now() >= self._good_until:
            self._in_hand = 0
        calls = min(most, self._in_hand)
        self._in_hand -= calls
        return calls

    async def _fill_hand(self, most: int) -> None:
        asked_at = self._now()
        grant = await self._reserve(max(most, self._slice_calls))
        if self._shut_until > self._now():  # asked to rest meanwhile: what was granted before does not count
            return
        self._in_hand = grant.calls
        self._good_until = asked_at + self._reserve.quota.good_for_s
        if not grant.calls:
            self._shut_until = self._now() + grant.wait_s
