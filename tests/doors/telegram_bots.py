"""Real aiogram bots at the door of the Telegram stand-in."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO

from aiogram import Bot, Dispatcher, F
from aiogram.client.telegram import TelegramAPIServer
from aiogram.filters import CommandObject, CommandStart
from aiogram.types import (
    CallbackQuery,
    ChatMemberUpdated,
    ContentType,
    Message,
)
from aiohttp import web
from PIL import Image

from bot.session import TelegramSession


@asynccontextmanager
async def bot_at(url: str, token: str) -> AsyncIterator[Bot]:
    session = TelegramSession(api=TelegramAPIServer.from_base(url), timeout=5.0)
    async with Bot(token, session=session) as bot:
        yield bot


def picture(side_px: int = 300) -> bytes:
    file = BytesIO()
    Image.new("RGB", (side_px, side_px), "#1d2b36").save(file, "PNG")
    return file.getvalue()


def echo_dispatcher() -> Dispatcher:
    dispatcher = Dispatcher()
    statuses: list[str] = []
    dispatcher["statuses"] = statuses

    @dispatcher.message(CommandStart(deep_link=True))
    async def start(message: Message, command: CommandObject) -> None:
        assert message.from_user
        await message.answer(f"Привет, {message.from_user.first_name}: {command.args}")

    @dispatcher.message(F.contact)
    async def contact(message: Message) -> None:
        assert message.contact
        assert message.from_user
        own = message.contact.user_id == message.from_user.id
        await message.answer(f"{message.contact.phone_number} {'own' if own else 'of another'}")

    @dispatcher.callback_query()
    async def pressed(query: CallbackQuery) -> None:
        await query.answer(f"pressed {query.data}", show_alert=True)

    @dispatcher.my_chat_member()
    async def membership(update: ChatMemberUpdated) -> None:
        statuses.append(update.new_chat_member.status)

    @dispatcher.message(F.content_type == ContentType.PHOTO)
    async def photo(message: Message, bot: Bot) -> None:
        assert message.photo
        file = await bot.download(message.photo[-1])
        assert file
        await message.answer(f"photo {Image.open(file).size}")

    return dispatcher


@asynccontextmanager
async def polling(bot: Bot, dispatcher: Dispatcher) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(
            dispatcher.start_polling(bot, handle_signals=False, polling_timeout=2, close_bot_session=False)
        )
        yield
        await dispatcher.stop_polling()


@asynccontextmanager
async def served(application: web.Application) -> AsyncIterator[str]:
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()
