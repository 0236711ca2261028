"""/help, and an answer to everything no other handler knows."""

from aiogram import Bot, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot.filters import Says, is_member
from bot.handlers.consent import ask_consent
from bot.keyboards import HELP, menu
from bot.texts import help_text, not_understood
from bot.tools import BotTools
from bot.visitor import Visitor
from offers.model.member import Member


def make_router() -> Router:
    """Stands last: what comes here was understood by nobody else."""
    router = Router(name="help")
    router.message.register(give_help, Command("help"))
    router.message.register(give_help, Says(HELP))
    router.message.register(answer_anything, is_member)
    router.message.register(meet_stranger)
    router.callback_query.register(meet_pressing_stranger)
    return router


async def give_help(message: Message, visitor: Visitor, tools: BotTools) -> None:
    await message.answer(help_text(tools.programme, visitor.language))


async def answer_anything(message: Message, member: Member) -> None:
    keyboard = menu(member.language, has_phone=member.phone is not None)
    await message.answer(not_understood(member.language), reply_markup=keyboard)


async def meet_stranger(_message: Message, visitor: Visitor, tools: BotTools, bot: Bot) -> None:
    await ask_consent(bot, visitor, tools)


async def meet_pressing_stranger(query: CallbackQuery, visitor: Visitor, tools: BotTools, bot: Bot) -> None:
    """Answer a button under an old message: of somebody who is no member now, or from a time before this version."""
    await query.answer()
    if visitor.member is None:
        await ask_consent(bot, visitor, tools)
