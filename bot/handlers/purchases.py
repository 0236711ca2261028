"""The last purchases, by command and by button."""

from aiogram import Bot, F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot.filters import Says, is_member
from bot.keyboards import PURCHASES, CardAction, CardPress, show_card_button
from bot.texts import purchases
from bot.tools import BotTools
from locales.catalogue import gettext
from offers.model.member import Member

SHOWN = 5
_NONE_YET = (
    "There are no purchases on your card yet. Show its code at the till before you pay, and the first points will come."
)


def make_router() -> Router:
    router = Router(name="purchases")
    router.message.filter(is_member)
    router.callback_query.filter(is_member)
    router.message.register(show_purchases, Command("purchases"))
    router.message.register(show_purchases, Says(PURCHASES))
    router.callback_query.register(press_purchases, CardPress.filter(F.action == CardAction.PURCHASES))
    return router


async def show_purchases(message: Message, member: Member, tools: BotTools, bot: Bot) -> None:
    await _send(bot, message.chat.id, member, tools)


async def press_purchases(query: CallbackQuery, member: Member, tools: BotTools, bot: Bot) -> None:
    await query.answer()
    await _send(bot, query.from_user.id, member, tools)


async def _send(bot: Bot, chat_id: int, member: Member, tools: BotTools) -> None:
    receipts = await tools.find_receipts.of_member(member.id, limit=SHOWN)
    if receipts:
        text = purchases(member.language, receipts, zone=tools.programme.zone, at=tools.clock())
        await bot.send_message(chat_id, text)
    else:
        text = gettext(member.language, _NONE_YET)
        await bot.send_message(chat_id, text, reply_markup=show_card_button(member.language))
