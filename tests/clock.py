"""A clock that stands still until a test moves it."""

from datetime import UTC, datetime, timedelta


class SettableClock:
    """Call it for the time, as the code under test does; `move` and `set_to` are for the test."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def __call__(self) -> datetime:
        return self._at

    def move(self, step: timedelta) -> datetime:
        self._at += step
        return self._at

    def set_to(self, at: datetime) -> None:
        self._at = at.astimezone(UTC)
