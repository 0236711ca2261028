"""The way out to Telegram: one bot, one gate, and what is done about every refusal."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, cast

import structlog
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.methods import Response, TelegramMethod
from aiogram.methods.base import TelegramType

from bot.gate import Gate, Urgency, current_urgency

TELEGRAM_URL = "https://api.telegram.org"
REQUEST_TIMEOUT_S = 20.0
TRIES = 3
BACKOFF_FIRST_S = 0.5
PATIENCE_S = {Urgency.INTERACTIVE: 20.0, Urgency.TRANSACTIONAL: 3.0, Urgency.MARKETING: 3.0}
"""How long a call waits for its turn; longer waits go back to the outbox."""
FREE_OF_GATE = "getUpdates"

_HARMLESS = (
    "message is not modified",
    "query is too old",
    "query ID is invalid",
    "message to edit not found",
    "message can't be edited",
)
"""Refusals of an edit or of an answered button that change nothing for the person."""
_log = structlog.get_logger()

NoteClosed = Callable[[int], Awaitable[object]]
"""Told the Telegram account that does not let the bot write."""


@dataclass(slots=True)
class Outgoing(BaseRequestMiddleware):
    """Wraps every call of one token.

    429 makes the whole token rest and the call try again while that is near; 5xx and a broken network are tried
    again with jitter; 403 notes that the member closed the channel and is raised on.
    """

    gate: Gate
    note_closed: NoteClosed

    async def __call__(
        self, make_request: NextRequestMiddlewareType[TelegramType], bot: Bot, method: TelegramMethod[TelegramType]
    ) -> Response[TelegramType]:
        if method.__api_method__ == FREE_OF_GATE:
            return await make_request(bot, method)
        for attempt in range(1, TRIES + 1):
            await self._take_turn(method)
            try:
                return await make_request(bot, method)
            except TelegramRetryAfter as flood:
                self.gate.rest(flood.retry_after)
                _log.warning("telegram asks the bot to wait", seconds=flood.retry_after, method=method.__api_method__)
                if attempt == TRIES:
                    raise
            except TelegramForbiddenError:
                await self._close(method)
                raise
            except (TelegramServerError, TelegramNetworkError) as failure:
                if attempt == TRIES:
                    raise
                _log.info("telegram failed, trying again", method=method.__api_method__, error=str(failure))
                await asyncio.sleep(BACKOFF_FIRST_S * 2 ** (attempt - 1) * random.uniform(0.5, 1.5))  # noqa: S311 - jitter
            except TelegramBadRequest as refusal:
                if not _is_harmless(refusal):
                    raise
                return cast("Response[TelegramType]", True)
        raise AssertionError("the last try returns or raises")

    async def _take_turn(self, method: TelegramMethod[Any]) -> None:
        urgency = current_urgency()
        patience_s = PATIENCE_S[urgency]
        chat_id = chat_of(method)
        if chat_id is None:
            await self.gate.pass_rest(patience_s=patience_s)
        else:
            await self.gate.take_turn(chat_id, urgency, patience_s=patience_s)

    async def _close(self, method: TelegramMethod[Any]) -> None:
        chat_id = chat_of(method)
        if chat_id is not None and chat_id > 0:
            await self.note_closed(chat_id)


class TelegramSession(AiohttpSession):
    """aiogram's way out. It waits a quarter of a second for TLS to close; without TLS there is nothing to wait for."""

    async def close(self) -> None:
        if self._session is None or self.api.base.startswith("https:"):
            await super().close()
        else:
            await self._session.close()


def chat_of(method: TelegramMethod[Any]) -> int | None:
    """Give the chat a call writes to. A private chat has the number of its person, groups have negative ones."""
    chat_id = getattr(method, "chat_id", None)
    return chat_id if isinstance(chat_id, int) else None


def make_bot(token: str, *, note_closed: NoteClosed, api_url: str = TELEGRAM_URL, gate: Gate | None = None) -> Bot:
    """Make the one bot of a token; whoever makes it closes `bot.session`. Raises aiogram's TokenValidationError."""
    session = TelegramSession(api=TelegramAPIServer.from_base(api_url), timeout=REQUEST_TIMEOUT_S)
    session.middleware(Outgoing(gate or Gate(), note_closed))
    return Bot(token, session=session)


def _is_harmless(refusal: TelegramBadRequest) -> bool:
    return any(words in refusal.message for words in _HARMLESS)
