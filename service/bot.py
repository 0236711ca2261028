"""The bot role: its two lanes, and polling or the webhook. Importing this loads aiogram, which takes seconds."""

import asyncio

from bot.running import make_channels, open_bot, run_polling, set_webhook
from bot.tools import BotTools
from offers.model.programme import Programme
from service.house import House
from service.now import chance, now
from service.worker import Worker


async def run_bot(house: House, programme: Programme) -> None:
    """Run until cancelled. The one process with this role owns the token, and with it Telegram's quota."""
    telegram = house.settings.telegram
    if telegram.token is None:
        return
    tools = BotTools.over(
        house.store,
        programme,
        public_url=house.settings.web.public_url,
        code_key=house.code_key,
        clock=now,
        chance=chance,
    )
    async with (
        open_bot(telegram.token.get_secret_value(), tools, api_url=telegram.api_url) as bot,
        asyncio.TaskGroup() as tasks,
    ):
        tasks.create_task(Worker(house.store, make_channels(bot, tools), now).run())
        if telegram.webhook_secret:
            await set_webhook(bot, tools, secret=telegram.webhook_secret.get_secret_value())
        else:
            await run_polling(bot, tools)
