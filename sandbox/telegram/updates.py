"""Updates waiting for one bot: handed out by long polling or by webhook, forgotten once confirmed."""

import asyncio
from collections import deque
from collections.abc import Collection
from http import HTTPStatus
from typing import Any, Final

from sandbox.telegram.errors import TelegramError

WAITING_LIMIT: Final = 10_000
PAGE_LIMIT: Final = 100
LONGEST_POLL_S: Final = 50.0
# Sent only to bots that ask for them by name.
ONLY_BY_NAME: Final = frozenset({"chat_member", "message_reaction", "message_reaction_count"})

Update = dict[str, Any]


class Updates:
    def __init__(self, *, first_id: int) -> None:
        """Number updates from `first_id` on: bots that remember ids must not meet yesterday's again."""
        self._waiting: deque[Update] = deque(maxlen=WAITING_LIMIT)
        self._next_id = first_id
        self._allowed: frozenset[str] = frozenset()
        self._poll = 0
        self._closed = False
        self._news = asyncio.Event()

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def allowed(self) -> list[str]:
        return sorted(self._allowed)

    def allow(self, kinds: Collection[str] | None) -> None:
        """Remember which kinds the bot wants; None keeps the last wish, an empty one means the usual kinds."""
        if kinds is not None:
            self._allowed = frozenset(kinds)

    def put(self, kind: str, body: dict[str, Any]) -> None:
        """Queue an update, unless the bot did not ask for its kind."""
        if kind in self._allowed or (not self._allowed and kind not in ONLY_BY_NAME):
            self._waiting.append({"update_id": self._next_id, kind: body})
            self._next_id += 1
            self.wake()

    def first(self) -> Update | None:
        return self._waiting[0] if self._waiting else None

    def confirm(self, update_id: int) -> None:
        """Forget this update and all before it."""
        while self._waiting and self._waiting[0]["update_id"] <= update_id:
            self._waiting.popleft()

    def drop_all(self) -> None:
        self._waiting.clear()

    def wake(self) -> None:
        """Let everyone who waits look again."""
        self._news.set()
        self._news = asyncio.Event()

    def close(self) -> None:
        self._closed = True
        self.wake()

    async def news(self, timeout_s: float | None = None) -> None:
        """Wait for something to change, at most so long."""
        event = self._news
        try:
            async with asyncio.timeout(timeout_s):
                await event.wait()
        except TimeoutError:
            return

    async def poll(self, *, offset: int, limit: int, timeout_s: float) -> list[Update]:
        """Return up to `limit` updates from `offset` on, waiting for the first one.

        A later poll of the same bot ends this one with 409, as Telegram does to a second instance.
        """
        self._poll += 1
        ours = self._poll
        self.wake()
        self._skip_to(offset)
        ends_at = asyncio.get_running_loop().time() + min(timeout_s, LONGEST_POLL_S)
        while True:
            if self._poll != ours:
                words = (
                    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
                )
                raise TelegramError(HTTPStatus.CONFLICT, words)
            left_s = ends_at - asyncio.get_running_loop().time()
            if self._waiting or left_s <= 0 or self._closed:
                return list(self._waiting)[: max(1, min(limit, PAGE_LIMIT))]
            await self.news(left_s)

    def _skip_to(self, offset: int) -> None:
        """Confirm what is before the offset; a negative one counts from the newest backwards."""
        if offset > 0:
            self.confirm(offset - 1)
        while offset < 0 and len(self._waiting) > -offset:
            self._waiting.popleft()
