"""The gate of one bot token: who may call Telegram next, how fast, and when everybody has to wait."""

import asyncio
import heapq
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import IntEnum
from itertools import count

MESSAGES_PER_S = 25.0
BURST = 5
CHAT_PAUSE_S = 1.0
MAX_CHATS = 20_000


class Urgency(IntEnum):
    """The three lanes of a token; the lower number goes first."""

    INTERACTIVE = 0
    TRANSACTIONAL = 1
    MARKETING = 2


class GateClosed(Exception):
    """The turn would come too late: come back after `after_s` seconds. Nothing was sent."""

    def __init__(self, *, after_s: float, whole_token: bool) -> None:
        super().__init__(f"the turn comes in {after_s:.1f} s")
        self.after_s = after_s
        self.whole_token = whole_token


_urgency: ContextVar[Urgency] = ContextVar("urgency", default=Urgency.INTERACTIVE)


@contextmanager
def speaking(urgency: Urgency) -> Iterator[None]:
    """Let everything this task sends inside take that lane; answers to people are interactive by default."""
    token = _urgency.set(urgency)
    try:
        yield
    finally:
        _urgency.reset(token)


def current_urgency() -> Urgency:
    return _urgency.get()


class Gate:
    """Lets `per_s` messages through, `BURST` of them at once, the most urgent first, then in the order they came.

    What is not interactive also keeps a second between two messages of one chat. A rest (Telegram's 429) stops the
    whole token. All times are the running loop's.
    """

    def __init__(self, *, per_s: float = MESSAGES_PER_S, chat_pause_s: float = CHAT_PAUSE_S) -> None:
        self._interval_s = 1 / per_s
        self._chat_pause_s = chat_pause_s
        self._full_at_s = 0.0
        self._rests_until_s = 0.0
        self._numbers = count()
        self._waiting: list[tuple[Urgency, int, asyncio.Future[None]]] = []
        self._timer: asyncio.TimerHandle | None = None
        self._last_s: OrderedDict[int, float] = OrderedDict()

    def rest(self, seconds: float) -> None:
        """Let nothing through for so long: Telegram asked the whole bot to wait."""
        self._rests_until_s = max(self._rests_until_s, _now_s() + seconds)

    async def pass_rest(self, *, patience_s: float) -> None:
        """Wait for the end of a rest. Raises GateClosed when it is beyond patience."""
        while (left_s := self._rests_until_s - _now_s()) > 0:
            if left_s > patience_s:
                raise GateClosed(after_s=left_s, whole_token=True)
            await asyncio.sleep(left_s)

    async def take_turn(self, chat_id: int, urgency: Urgency, *, patience_s: float) -> None:
        """Wait for the turn of one message to a chat. Raises GateClosed when it is beyond patience."""
        await self.pass_rest(patience_s=patience_s)
        await self._pass_chat(chat_id, urgency, patience_s=patience_s)
        await self.pass_rest(patience_s=patience_s)
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (urgency, next(self._numbers), turn))
        self._release()
        try:
            async with asyncio.timeout(patience_s):
                await turn
        except TimeoutError:
            after_s = max(self._rests_until_s - _now_s(), self._chat_pause_s)
            raise GateClosed(after_s=after_s, whole_token=True) from None

    async def _pass_chat(self, chat_id: int, urgency: Urgency, *, patience_s: float) -> None:
        """Reserve the chat's next second; an interactive answer takes it without asking."""
        now_s = _now_s()
        free_s = self._last_s.pop(chat_id, now_s - self._chat_pause_s) + self._chat_pause_s
        at_s = now_s if urgency is Urgency.INTERACTIVE else max(now_s, free_s)
        wait_s = at_s - now_s
        if wait_s > patience_s:
            self._remember(chat_id, free_s - self._chat_pause_s)
            raise GateClosed(after_s=wait_s, whole_token=False)
        self._remember(chat_id, max(at_s, free_s - self._chat_pause_s))
        if wait_s > 0:
            await asyncio.sleep(wait_s)

    def _remember(self, chat_id: int, at_s: float) -> None:
        self._last_s[chat_id] = at_s
        if len(self._last_s) > MAX_CHATS:
            self._last_s.popitem(last=False)

    def _release(self) -> None:
        """Let through whoever may pass now, and come back for the next one."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while self._waiting:
            now_s = _now_s()
            opens_s = max(self._rests_until_s, self._full_at_s - (BURST - 1) * self._interval_s)
            if opens_s > now_s:
                self._timer = asyncio.get_running_loop().call_at(opens_s, self._release)
                return
            _, _, turn = heapq.heappop(self._waiting)
            if not turn.done():
                turn.set_result(None)
                self._full_at_s = max(self._full_at_s, now_s) + self._interval_s


def _now_s() -> float:
    return asyncio.get_running_loop().time()
