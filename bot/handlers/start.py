"""/start: a stranger is asked for consent, a member sees the card, a link from a card's page ties this chat to it."""

from aiogram import Bot, Router
from aiogram.filters import CommandObject, CommandStart
from aiogram.types import CallbackQuery, Message

from bot.handlers.consent import ask_consent
from bot.keyboards import TiePress, tie_buttons
from bot.showing import greet, tell_if_open
from bot.tools import BotTools
from bot.visitor import Visitor
from locales.catalogue import gettext
from offers.engine.arrivals import read_start
from offers.flows.join_telegram import HasAnotherCard, Joined, Joining, ToConfirm
from offers.model.errors import ForgedCode, MalformedCode, UnknownCard
from offers.model.programme import Language

CARD_PREFIX = "c-"
_BROKEN_LINK = "This link does not lead to a card. Open the page of your card and try again."


def make_router() -> Router:
    router = Router(name="start")
    router.message.register(start, CommandStart())
    router.callback_query.register(tie, TiePress.filter())
    return router


async def start(message: Message, command: CommandObject, visitor: Visitor, tools: BotTools, bot: Bot) -> None:
    payload = command.args or ""
    if payload.startswith(CARD_PREFIX):
        await follow_link(bot, visitor, tools, payload.removeprefix(CARD_PREFIX))
    elif visitor.member is not None:
        await greet(bot, visitor.member, message.chat.id, tools, "Good to see you again!")
    else:
        await note_source(visitor, tools, payload)
        await ask_consent(bot, visitor, tools)


async def note_source(visitor: Visitor, tools: BotTools, payload: str) -> None:
    """Remember where a stranger came from and who brought them; anything else behind /start is passed over."""
    start = read_start(payload)
    if start.source or start.code:
        await tools.hold.come_from(tools.programme.id, visitor.telegram_id, visitor.language, start)


async def follow_link(bot: Bot, visitor: Visitor, tools: BotTools, token: str, *, confirmed: bool = False) -> None:
    try:
        joining = await tools.join(tools.programme.id, visitor.telegram_id, token, confirmed=confirmed)
    except (MalformedCode, ForgedCode, UnknownCard):
        await bot.send_message(visitor.telegram_id, gettext(visitor.language, _BROKEN_LINK))
        await _go_on(bot, visitor, tools)
        return
    await _answer(bot, visitor, tools, token, joining)


async def tie(query: CallbackQuery, callback_data: TiePress, visitor: Visitor, tools: BotTools, bot: Bot) -> None:
    """Take the answer to "this card has another Telegram account"."""
    await query.answer()
    if query.message is not None:
        await bot.edit_message_reply_markup(chat_id=visitor.telegram_id, message_id=query.message.message_id)
    if callback_data.token:
        await follow_link(bot, visitor, tools, callback_data.token, confirmed=True)
    else:
        await bot.send_message(visitor.telegram_id, gettext(visitor.language, "Nothing was changed."))


async def _answer(bot: Bot, visitor: Visitor, tools: BotTools, token: str, joining: Joining) -> None:
    match joining:
        case Joined():
            await _welcome(bot, visitor, tools, joining)
        case ToConfirm():
            question = gettext(
                visitor.language,
                "This card is tied to another Telegram account. Use this account instead? "
                "The other one will get no more messages about the card.",
            )
            await bot.send_message(visitor.telegram_id, question, reply_markup=tie_buttons(visitor.language, token))
        case HasAnotherCard():
            refusal = gettext(
                visitor.language,
                "This Telegram account already has another card of the programme. "
                "Ask at the till to put the two together.",
            )
            await bot.send_message(visitor.telegram_id, refusal)
            await _go_on(bot, visitor, tools)


async def _welcome(bot: Bot, visitor: Visitor, tools: BotTools, joined: Joined) -> None:
    sight = await tools.look.by_member(joined.member_id)
    if joined.left is not None:
        await _tell_left(bot, joined.left, sight.member.language)
    text = "This chat is now tied to your card." if joined.is_new else "Good to see you again!"
    await greet(bot, sight.member, visitor.telegram_id, tools, text)


async def _tell_left(bot: Bot, telegram_id: int, language: Language) -> None:
    """Tell the account that lost the card: whoever finds the page of a card must not take it in silence."""
    warning = gettext(
        language,
        "Your card is now tied to another Telegram account. If that was not you, ask at the till to block the card.",
    )
    await tell_if_open(bot, telegram_id, warning)


async def _go_on(bot: Bot, visitor: Visitor, tools: BotTools) -> None:
    if visitor.member is not None:
        await greet(bot, visitor.member, visitor.telegram_id, tools, "Good to see you again!")
    else:
        await ask_consent(bot, visitor, tools)
