"""Wakes everyone who waits for a change, however many there were."""

import asyncio


class Bell:
    """`rung` counts the changes; `after(rung)` waits until there was another."""

    def __init__(self) -> None:
        self.rung = 0
        self.is_silent = False
        self._event = asyncio.Event()

    def ring(self) -> None:
        self.rung += 1
        self._event.set()
        self._event = asyncio.Event()

    def fall_silent(self) -> None:
        """Let everyone go: there will be no more changes."""
        self.is_silent = True
        self.ring()

    async def after(self, rung: int, *, timeout_s: float) -> int:
        """Give the count once it is past `rung`, or as it is when the time is over."""
        if self.rung == rung and not self.is_silent:
            event = self._event
            try:
                async with asyncio.timeout(timeout_s):
                    await event.wait()
            except TimeoutError:
                return self.rung
        return self.rung
