"""The lane of kept updates: each chat in its order, different chats beside each other, a bug never loses one."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog
from aiogram import Bot, Dispatcher
from aiogram.exceptions import TelegramForbiddenError
from aiogram.types import Update

from bot.outcomes import passing
from bot.polling import ALLOWED_UPDATES
from bot.showing import tell_if_open
from bot.visitor import language_of
from locales.catalogue import gettext
from offers.model.errors import Busy
from offers.model.message import Delivered, Dropped, Lane, OutboxItem, Outcome, RetryLater

CHATS_AT_ONCE = 64
MAX_FAILURES = 3
PAUSES_S = (5.0, 30.0)
"""After the first and the second failure: long enough for a database to change its primary."""
HANDLING_TIMEOUT_S = 90.0
_FAILURES = "failures"
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class UpdatesLane:
    """Feeds the dispatcher. A handler that raises is tried three times, then the update is dropped and the person told.

    What Telegram or the network refuse for now does not count as a failure.
    """

    bot: Bot
    dispatcher: Dispatcher
    lane: Lane = Lane.UPDATES
    _places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(CHATS_AT_ONCE))

    async def deliver(self, items: Sequence[OutboxItem]) -> Sequence[Outcome]:
        outcomes: dict[str, Outcome] = {}
        async with asyncio.TaskGroup() as tasks:
            for chat in by_person(items):
                tasks.create_task(self._handle_chat(chat, outcomes))
        return [outcomes[item.key] for item in items]

    async def _handle_chat(self, items: Sequence[OutboxItem], outcomes: dict[str, Outcome]) -> None:
        async with self._places:
            for item in items:
                outcomes[item.key] = await self._handle(item)

    async def _handle(self, item: OutboxItem) -> Outcome:
        raw: dict[str, Any] = item.payload["raw"]
        if not any(kind in raw for kind in ALLOWED_UPDATES):
            return Delivered(note="a kind of update that the bot does not answer")
        try:
            async with asyncio.timeout(HANDLING_TIMEOUT_S):
                await self._feed(raw)
        except TelegramForbiddenError:
            return Delivered(note="the person does not let the bot write")
        except Busy as busy:
            return RetryLater(reason=busy.code, after_s=busy.retry_after_s)
        except Exception as error:  # noqa: BLE001 - a bug in a handler must not take the other chats with it
            return passing(error) or await self._failed(item, error)
        return Delivered()

    async def _feed(self, raw: dict[str, Any]) -> None:
        update = Update.model_validate(raw, context={"bot": self.bot})
        await self.dispatcher.feed_update(self.bot, update)

    async def _failed(self, item: OutboxItem, bug: Exception) -> Outcome:
        failures: int = item.payload.get(_FAILURES, 0) + 1
        _log.exception("an update was not handled", key=item.key, failures=failures, exc_info=bug)
        reason = f"{type(bug).__name__}: {bug}"
        if failures < MAX_FAILURES:
            payload = {**item.payload, _FAILURES: failures}
            return RetryLater(reason=reason, after_s=PAUSES_S[failures - 1], payload=payload)
        await self._apologise(item.payload["raw"])
        return Dropped(reason=reason)

    async def _apologise(self, raw: dict[str, Any]) -> None:
        person = sender_of(raw)
        if not person:
            return
        language = language_of(person.get("language_code"))
        text = gettext(language, "Something went wrong on our side, sorry. It was noted; please try again later.")
        try:
            await tell_if_open(self.bot, person["id"], text)
        except Exception:  # noqa: BLE001 - the apology is a courtesy: the update is dropped all the same
            _log.warning("the apology was not sent", exc_info=True)


def by_person(items: Iterable[OutboxItem]) -> list[list[OutboxItem]]:
    """Part a batch by sender, each part in Telegram's order: several updates may be kept in one millisecond."""
    chats: dict[int, list[OutboxItem]] = {}
    for item in sorted(items, key=lambda item: int(item.payload["raw"]["update_id"])):
        chats.setdefault(sender_of(item.payload["raw"]).get("id", 0), []).append(item)
    return list(chats.values())


def sender_of(raw: dict[str, Any]) -> dict[str, Any]:
    """Give the person behind an update as Telegram tells them; empty when nobody is, or when it makes no sense."""
    told = next((raw[kind] for kind in ALLOWED_UPDATES if kind in raw), None)
    sender = told.get("from") if isinstance(told, dict) else None
    return sender if isinstance(sender, dict) and isinstance(sender.get("id"), int) else {}
