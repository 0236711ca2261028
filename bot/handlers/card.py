"""The card and the balance: /card, /balance, and the buttons under the picture."""

from aiogram import Bot, F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot.filters import Says, is_member
from bot.keyboards import MY_CARD, CardAction, CardPress, show_card_button
from bot.showing import look, refresh_card, send_card
from bot.texts import balance
from bot.tools import BotTools
from locales.catalogue import gettext
from offers.model.member import Member


def make_router() -> Router:
    router = Router(name="card")
    router.message.filter(is_member)
    router.callback_query.filter(is_member)
    router.message.register(show_card, Command("card"))
    router.message.register(show_card, Says(MY_CARD))
    router.message.register(tell_balance, Command("balance"))
    router.callback_query.register(press_show, CardPress.filter(F.action == CardAction.SHOW))
    router.callback_query.register(press_refresh, CardPress.filter(F.action == CardAction.REFRESH))
    return router


async def show_card(message: Message, member: Member, tools: BotTools, bot: Bot) -> None:
    await send_card(bot, member, message.chat.id, tools)


async def tell_balance(message: Message, member: Member, tools: BotTools) -> None:
    await message.answer(balance(await look(member, tools)), reply_markup=show_card_button(member.language))


async def press_show(query: CallbackQuery, member: Member, tools: BotTools, bot: Bot) -> None:
    await query.answer()
    await send_card(bot, member, query.from_user.id, tools)


async def press_refresh(
    query: CallbackQuery, callback_data: CardPress, member: Member, tools: BotTools, bot: Bot
) -> None:
    is_new = query.message is not None and await refresh_card(
        bot, member, query.message, tools, stamp=callback_data.stamp
    )
    await query.answer(gettext(member.language, "Here is the newest." if is_new else "Nothing has changed."))
