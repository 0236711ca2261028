"""The member's coupons, by command and by button, and the code of one to show at the till."""

import asyncio
from io import BytesIO

from aiogram import Bot, F, Router
from aiogram.filters import Command
from aiogram.types import BufferedInputFile, CallbackQuery, Message

from bot.coupon_texts import coupon_caption, coupon_list, no_coupons
from bot.filters import Says, is_member
from bot.keyboards import COUPONS, CardAction, CardPress, show_card_button
from bot.more_keyboards import CouponPress, coupon_buttons
from bot.picture import draw_code
from bot.tools import BotTools
from locales.catalogue import gettext
from offers.model.member import Member

SHOWN = 10
CODE_SIDE = 720


def make_router() -> Router:
    router = Router(name="coupons")
    router.message.filter(is_member)
    router.callback_query.filter(is_member)
    router.message.register(show_coupons, Command("coupons"))
    router.message.register(show_coupons, Says(COUPONS))
    router.callback_query.register(press_coupons, CardPress.filter(F.action == CardAction.COUPONS))
    router.callback_query.register(press_coupon, CouponPress.filter())
    return router


async def show_coupons(message: Message, member: Member, tools: BotTools, bot: Bot) -> None:
    await _send(bot, message.chat.id, member, tools)


async def press_coupons(query: CallbackQuery, member: Member, tools: BotTools, bot: Bot) -> None:
    await query.answer()
    await _send(bot, query.from_user.id, member, tools)


async def press_coupon(
    query: CallbackQuery, callback_data: CouponPress, member: Member, tools: BotTools, bot: Bot
) -> None:
    """Send the code of a coupon that may be used now; of any other, the list as it is by now."""
    at = tools.clock()
    coupons = await tools.list_coupons(tools.programme, member.id)
    listed = next((each for each in coupons if each.coupon.id == callback_data.coupon_id), None)
    if listed is None or not listed.is_usable(at):
        await query.answer(gettext(member.language, "This coupon cannot be used now."))
        await _send(bot, query.from_user.id, member, tools)
        return
    await query.answer()
    drawn = await asyncio.to_thread(_drawn, listed.coupon.id.upper())
    caption = coupon_caption(member.language, listed, at)
    await bot.send_photo(query.from_user.id, BufferedInputFile(drawn, "coupon.png"), caption=caption)


async def _send(bot: Bot, chat_id: int, member: Member, tools: BotTools) -> None:
    at = tools.clock()
    coupons = await tools.list_coupons(tools.programme, member.id, limit=SHOWN)
    if not coupons:
        await bot.send_message(chat_id, no_coupons(member.language), reply_markup=show_card_button(member.language))
        return
    usable = [listed.coupon for listed in coupons if listed.is_usable(at)]
    buttons = coupon_buttons(member.language, usable) if usable else None
    await bot.send_message(chat_id, coupon_list(member.language, coupons, at), reply_markup=buttons)


def _drawn(code: str) -> bytes:
    picture = BytesIO()
    draw_code(code, CODE_SIDE).save(picture, "PNG")
    return picture.getvalue()
