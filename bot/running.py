"""Putting the bot together and running it: the dispatcher, the bot of a token, its lanes, polling or webhook."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import NoReturn

import structlog
from aiogram import Bot, Dispatcher
from aiogram.exceptions import TelegramAPIError

from bot.about import introduce
from bot.channel import TelegramChannel
from bot.gate import GateClosed
from bot.handlers import (
    card,
    consent,
    contact,
    coupons,
    help,  # noqa: A004 - a topic
    language,
    membership,
    purchases,
    refusals,
    start,
    why,
)
from bot.install import WEBHOOK_PATH
from bot.polling import ALLOWED_UPDATES, POLL_S, Polling
from bot.session import TELEGRAM_URL, make_bot
from bot.tools import BotTools
from bot.updates_lane import UpdatesLane
from bot.visitor import MeetVisitor
from offers.model.message import Channel

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 60.0
WEBHOOK_CONNECTIONS = 20
_TOPICS = (refusals, start, consent, contact, card, coupons, purchases, why, language, membership, help)
_log = structlog.get_logger()


def make_dispatcher(tools: BotTools) -> Dispatcher:
    """Make a dispatcher of its own routers; it keeps no state between updates."""
    dispatcher = Dispatcher(disable_fsm=True, tools=tools)
    dispatcher.update.outer_middleware(MeetVisitor(tools))
    dispatcher.include_routers(*(topic.make_router() for topic in _TOPICS))
    return dispatcher


@asynccontextmanager
async def open_bot(token: str, tools: BotTools, *, api_url: str = TELEGRAM_URL) -> AsyncIterator[Bot]:
    """Open the one bot of a token in this process: all that speaks with the token must share its gate.

    Raises aiogram's TokenValidationError for what is no token.
    """

    async def note_closed(telegram_id: int) -> None:
        await tools.open_telegram(tools.programme.id, telegram_id, is_open=False)

    bot = make_bot(token, note_closed=note_closed, api_url=api_url)
    try:
        yield bot
    finally:
        await bot.session.close()


def make_channels(bot: Bot, tools: BotTools) -> tuple[Channel, Channel]:
    """Make what a worker runs for the bot: the lane of kept updates, and the way out to members."""
    return UpdatesLane(bot, make_dispatcher(tools)), TelegramChannel(bot, tools)


async def run_polling(bot: Bot, tools: BotTools, *, poll_s: int = POLL_S) -> NoReturn:
    """Introduce the bot, take a webhook away if there was one, and poll until cancelled."""
    await until_done(lambda: introduce(bot, tools.programme))
    await until_done(bot.delete_webhook)
    await Polling(bot, tools.keep, tools.programme.id, poll_s).run()


async def set_webhook(bot: Bot, tools: BotTools, *, secret: str) -> None:
    """Introduce the bot and point Telegram at this service's webhook; comes back when both are done."""
    url = tools.public_url + WEBHOOK_PATH.format(bot_id=bot.id)

    async def point() -> bool:
        return await bot.set_webhook(
            url, secret_token=secret, allowed_updates=list(ALLOWED_UPDATES), max_connections=WEBHOOK_CONNECTIONS
        )

    await until_done(lambda: introduce(bot, tools.programme))
    await until_done(point)


async def until_done(step: Callable[[], Awaitable[object]]) -> None:
    """Try a step at start until Telegram takes it: the rest of the service does not wait for Telegram."""
    pause_s = FIRST_PAUSE_S
    while True:
        try:
            await step()
        except (TelegramAPIError, GateClosed) as refusal:
            _log.warning("telegram did not take it yet", error=str(refusal), again_in_s=round(pause_s))
            await asyncio.sleep(pause_s * random.uniform(0.75, 1.25))  # noqa: S311 - jitter decides nothing
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
        else:
            return
