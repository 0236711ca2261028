"""Sending a member's card into their chat, and putting it up to date there."""

import asyncio
from contextlib import suppress
from urllib.parse import urlsplit

from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError
from aiogram.types import BufferedInputFile, InputMediaPhoto, MaybeInaccessibleMessageUnion

from bot.card import MemberCard, member_card
from bot.keyboards import card_buttons, menu
from bot.picture import draw_card
from bot.session import TELEGRAM_URL
from bot.texts import caption, closed_card
from bot.tools import BotTools
from bot.turning_code import with_turning_code
from locales.catalogue import gettext
from offers.model.card import CardState
from offers.model.member import Member

FILE_NAME = "card.png"
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


async def look(member: Member, tools: BotTools) -> MemberCard:
    sight = await tools.look.by_member(member.id)
    at = tools.clock()
    card = member_card(sight, code_key=tools.code_key, at=at)
    return with_turning_code(card, sight, code_key=tools.code_key, at=at)


async def greet(bot: Bot, member: Member, chat_id: int, tools: BotTools, text: str) -> None:
    """Say something with the menu under it, then show the card."""
    keyboard = menu(member.language, has_phone=member.phone is not None)
    await bot.send_message(chat_id, gettext(member.language, text), reply_markup=keyboard)
    await send_card(bot, member, chat_id, tools)


async def send_card(bot: Bot, member: Member, chat_id: int, tools: BotTools) -> None:
    """Send the picture of the member's card; a card that is not active sends words instead."""
    card = await look(member, tools)
    if card.state is not CardState.ACTIVE:
        await bot.send_message(chat_id, closed_card(card))
        return
    buttons = card_buttons(card, page_url=page_url(bot, card, tools))
    await bot.send_photo(chat_id, await picture(card, tools), caption=caption(card), reply_markup=buttons)


async def refresh_card(
    bot: Bot, member: Member, message: MaybeInaccessibleMessageUnion, tools: BotTools, *, stamp: str
) -> bool:
    """Put the card in a message up to date; False when nothing has changed since its `stamp`."""
    chat_id, message_id = message.chat.id, message.message_id
    card = await look(member, tools)
    if card.stamp == stamp:
        return False
    if card.state is not CardState.ACTIVE:
        await bot.edit_message_caption(chat_id=chat_id, message_id=message_id, caption=closed_card(card))
        return True
    media = InputMediaPhoto(media=await picture(card, tools), caption=caption(card))
    buttons = card_buttons(card, page_url=page_url(bot, card, tools))
    await bot.edit_message_media(media, chat_id=chat_id, message_id=message_id, reply_markup=buttons)
    return True


async def tell_if_open(bot: Bot, telegram_id: int, text: str) -> None:
    """Write to somebody who may have left: it does not matter when they have."""
    with suppress(TelegramForbiddenError, TelegramBadRequest):
        await bot.send_message(telegram_id, text)


def page_url(bot: Bot, card: MemberCard, tools: BotTools) -> str | None:
    """Give the address of the card's page; None where a button may not carry it: Telegram refuses localhost."""
    is_local = urlsplit(tools.public_url).hostname in LOOPBACK
    if is_local and bot.session.api.base.startswith(TELEGRAM_URL):
        return None
    return f"{tools.public_url}/c/{card.link_token}"


async def picture(card: MemberCard, tools: BotTools) -> BufferedInputFile:
    """Draw the card off the loop, with the programme's own logo and banner where it has them."""
    logo, banner = [
        await tools.find_picture(digest) if digest else None
        for digest in (card.look.images.logo, card.look.images.banner)
    ]
    drawn = await asyncio.to_thread(draw_card, card, logo=logo, banner=banner)
    return BufferedInputFile(drawn, FILE_NAME)
