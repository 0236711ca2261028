"""The last purchases and all before them, by command and by button, each with the way to how it was counted."""

from aiogram import Bot, F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot.filters import Says, is_member
from bot.keyboards import PURCHASES, CardAction, CardPress, show_card_button
from bot.more_keyboards import EarlierPress, purchase_buttons
from bot.texts import purchases
from bot.tools import BotTools
from bot.why_texts import purchase_label
from locales.catalogue import gettext
from offers.model.ids import CheckoutId
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
    router.callback_query.register(press_earlier, EarlierPress.filter())
    return router


async def show_purchases(message: Message, member: Member, tools: BotTools, bot: Bot) -> None:
    await _send(bot, message.chat.id, member, tools)


async def press_purchases(query: CallbackQuery, member: Member, tools: BotTools, bot: Bot) -> None:
    await query.answer()
    await _send(bot, query.from_user.id, member, tools)


async def press_earlier(
    query: CallbackQuery, callback_data: EarlierPress, member: Member, tools: BotTools, bot: Bot
) -> None:
    await query.answer()
    await _send(bot, query.from_user.id, member, tools, before=CheckoutId(callback_data.before))


async def _send(bot: Bot, chat_id: int, member: Member, tools: BotTools, *, before: CheckoutId | None = None) -> None:
    """Send a few purchases, and a button for each; one more is read, to know whether there are earlier ones."""
    found = await tools.find_receipts.of_member(member.id, before=before, limit=SHOWN + 1)
    if not found:
        text = gettext(member.language, "These were all." if before else _NONE_YET)
        await bot.send_message(chat_id, text, reply_markup=show_card_button(member.language))
        return
    language, zone, at = member.language, tools.programme.zone, tools.clock()
    shown = found[:SHOWN]
    labels = [(receipt.id, purchase_label(language, receipt, zone=zone, at=at)) for receipt in shown]
    buttons = purchase_buttons(language, labels, has_earlier=len(found) > SHOWN)
    title = "Earlier purchases" if before else "Your last purchases"
    await bot.send_message(chat_id, purchases(language, shown, title=title, zone=zone, at=at), reply_markup=buttons)
