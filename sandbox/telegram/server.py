"""The Telegram stand-in: bots by token, people to chat with them, faults on demand; nothing outlives it."""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Final, Self

from aiohttp import ClientSession

from sandbox.faults import Fault, Faults
from sandbox.listener import Listener
from sandbox.telegram.api import BotApi, BotCall
from sandbox.telegram.bots import BotAccount
from sandbox.telegram.chats import Chat
from sandbox.telegram.person import Person
from sandbox.telegram.updates import Updates
from sandbox.telegram.webhook import Webhook, deliver_for_ever

FIRST_PERSON_ID: Final = 100_001


class TelegramStandIn:
    """`async with TelegramStandIn(bots={"42:TEST": "tessera_bot"}) as telegram:` serves `telegram.url`.

    aiogram reaches it through `TelegramAPIServer.from_base(telegram.url)`. `calls` keeps the last 10,000.
    """

    def __init__(
        self,
        *,
        bots: Mapping[str, str],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        port: int = 0,
    ) -> None:
        """Take the username of every token; the first one is the bot people meet unless told otherwise."""
        self._clock = clock
        self.bots = {token: _account(token, username, clock) for token, username in bots.items()}
        self.people: list[Person] = []
        self._api = BotApi(self.bots)
        self._listener = Listener(self._api.application(), port=port)
        self._deliveries: list[asyncio.Task[None]] = []
        self._session: ClientSession | None = None

    async def __aenter__(self) -> Self:
        await self._listener.start()
        self._session = ClientSession()
        # Owned here and ended in __aexit__, which may run in another task than this one (fixtures do that),
        # where a TaskGroup must not.
        self._deliveries = [
            asyncio.create_task(
                deliver_for_ever(bot.webhook, bot.updates, self._session), name=f"webhook {bot.username}"
            )
            for bot in self.bots.values()
        ]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for delivery in self._deliveries:
            delivery.cancel()
        await asyncio.gather(*self._deliveries, return_exceptions=True)
        for bot in self.bots.values():
            bot.updates.close()
        for person in self.people:
            person.chat.changes.close()
        if self._session is not None:
            await self._session.close()
        await self._listener.stop()

    @property
    def url(self) -> str:
        return self._listener.url

    @property
    def calls(self) -> deque[BotCall]:
        return self._api.calls

    @property
    def faults(self) -> Faults:
        return self._api.faults

    def bot(self, token: str | None = None) -> BotAccount:
        """Return a bot by token, the first one when left out."""
        return self.bots[token] if token else next(iter(self.bots.values()))

    def person(
        self,
        *,
        first_name: str,
        last_name: str = "",
        language_code: str = "en",
        phone: str = "",
        username: str = "",
        person_id: int | None = None,
        token: str | None = None,
    ) -> Person:
        """Make a person who can open a chat with a bot. Ids and phone numbers are made up when left out."""
        bot = self.bot(token)
        person_id = person_id or FIRST_PERSON_ID + len(self.people)
        user = {"id": person_id, "is_bot": False, "first_name": first_name, "language_code": language_code}
        user |= {"last_name": last_name} if last_name else {}
        user |= {"username": username} if username else {}
        chat = Chat(person=user, bot=bot.user, files=bot.files)
        bot.chats[chat.id] = chat
        person = Person(
            chat=chat,
            updates=bot.updates,
            questions=bot.questions,
            clock=self._clock,
            phone=phone or f"+7900{person_id:07d}",
        )
        self.people.append(person)
        return person

    def fail(
        self,
        *,
        times: int | None = 1,
        status: int | None = None,
        reason: str = "",
        retry_after_s: int | None = None,
        latency_s: float = 0.0,
        cut: bool = False,
        **where: str,
    ) -> None:
        """Spoil the next `times` calls (None: until `faults.clear()`).

        `where` narrows it: `method="sendMessage"`, `chat_id="100001"`, `token="42:TEST"`. 403 speaks of a
        blocked bot unless `reason` gives other words; a latency alone only makes calls late.
        """
        fault = Fault(
            status=status, reason=reason, retry_after_s=retry_after_s, latency_s=latency_s, cut=cut, where=where
        )
        self.faults.add(fault, times=times)

    def flood(self, seconds: float, *, token: str | None = None) -> None:
        """Answer 429 to everything a bot writes for so long, in every chat, with the seconds that are left."""
        self.bot(token).flooded_until_s = asyncio.get_running_loop().time() + seconds


def _account(token: str, username: str, clock: Callable[[], datetime]) -> BotAccount:
    updates = Updates(first_id=int(clock().timestamp()))
    return BotAccount(token=token, username=username, clock=clock, updates=updates, webhook=Webhook(clock=clock))
