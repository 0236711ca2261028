"""The language: asked for by command or button, kept with the member or with the conversation."""

from dataclasses import replace

from aiogram import Bot, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot.filters import Says
from bot.handlers.consent import ask_consent
from bot.keyboards import LANGUAGE, LanguagePress, language_buttons, menu
from bot.tools import BotTools
from bot.visitor import Visitor
from locales.catalogue import gettext

QUESTION = "Which language do you prefer? / На каком языке вам удобнее?"
"""In both languages at once: whoever asks may not read the one that is spoken."""


def make_router() -> Router:
    router = Router(name="language")
    router.message.register(ask_language, Command("language"))
    router.message.register(ask_language, Says(LANGUAGE))
    router.callback_query.register(choose_language, LanguagePress.filter())
    return router


async def ask_language(message: Message) -> None:
    await message.answer(QUESTION, reply_markup=language_buttons())


async def choose_language(
    query: CallbackQuery, callback_data: LanguagePress, visitor: Visitor, tools: BotTools, bot: Bot
) -> None:
    language = callback_data.language
    await query.answer()
    if visitor.member is not None:
        await tools.speak(visitor.member.id, language)
        keyboard = menu(language, has_phone=visitor.member.phone is not None)
        await bot.send_message(visitor.telegram_id, gettext(language, "Now I speak English."), reply_markup=keyboard)
    else:
        await tools.hold.speak(tools.programme.id, visitor.telegram_id, language)
        await ask_consent(bot, replace(visitor, language=language), tools)
