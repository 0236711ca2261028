"""Long polling: every update is kept before the next offset tells Telegram to forget it."""

import asyncio
import random
from dataclasses import dataclass, field
from typing import Any, NoReturn

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramAPIError, TelegramConflictError, TelegramRetryAfter, TelegramUnauthorizedError
from aiogram.methods import TelegramMethod

from offers.flows.keep_update import KeepUpdate
from offers.model.ids import ProgrammeId

ALLOWED_UPDATES = ("message", "callback_query", "my_chat_member")
POLL_S = 25
PAGE = 100
ANSWER_TIMEOUT_S = 10
BACKOFF_FIRST_S = 1.0
BACKOFF_MOST_S = 30.0

_CONFLICT = (
    "another process polls with this token, or a webhook is set: run one bot per token, "
    "and unset TESSERA_TELEGRAM__WEBHOOK_SECRET or use the webhook"
)
_UNAUTHORIZED = "Telegram does not know this token: take a new one from @BotFather and set TESSERA_TELEGRAM__TOKEN"
_log = structlog.get_logger()


class GetRawUpdates(TelegramMethod[list[dict[str, Any]]]):
    """getUpdates whose updates stay as Telegram tells them: one odd update must not hide the others."""

    __returning__ = list[dict[str, Any]]
    __api_method__ = "getUpdates"

    offset: int | None = None
    limit: int = PAGE
    timeout: int = POLL_S
    allowed_updates: tuple[str, ...] = ALLOWED_UPDATES


@dataclass(slots=True)
class Polling:
    """Polls one bot. Whatever fails is said in the log and tried again later, for ever."""

    bot: Bot
    keep: KeepUpdate
    programme_id: ProgrammeId
    poll_s: int = POLL_S
    _offset: int | None = None
    _failures: int = field(default=0)

    async def run(self) -> NoReturn:
        """Poll until cancelled."""
        while True:
            try:
                await self.step()
                self._failures = 0
            except Exception as error:  # noqa: BLE001 - the loop outlives Telegram, the network and the database
                self._failures += 1
                pause_s = self._pause_s(error)
                _explain(error, pause_s)
                await asyncio.sleep(pause_s)

    async def step(self) -> int:
        """Take one page and keep it; give how many updates were new."""
        ask = GetRawUpdates(offset=self._offset, timeout=self.poll_s)
        updates = await self.bot(ask, request_timeout=self.poll_s + ANSWER_TIMEOUT_S)
        new = 0
        for update in updates:
            new += await self.keep(self.programme_id, self.bot.id, update)
            self._offset = update["update_id"] + 1
        return new

    def _pause_s(self, error: Exception) -> float:
        if isinstance(error, TelegramRetryAfter):
            return float(error.retry_after)
        doubled = BACKOFF_FIRST_S * float(1 << min(self._failures - 1, 10))
        return min(doubled, BACKOFF_MOST_S) * random.uniform(0.75, 1.25)  # noqa: S311 - jitter decides nothing


def _explain(error: Exception, pause_s: float) -> None:
    told = {"error": str(error), "again_in_s": round(pause_s, 1)}
    match error:
        case TelegramConflictError():
            _log.warning("polling was refused", remedy=_CONFLICT, **told)
        case TelegramUnauthorizedError():
            _log.error("polling was refused", remedy=_UNAUTHORIZED, **told)
        case TelegramAPIError():
            _log.warning("polling failed", **told)
        case _:
            _log.exception("updates could not be kept", **told)
