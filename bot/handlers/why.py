"""Why there was no discount: how any purchase that is kept was counted, by the button under it."""

from aiogram import Bot, Router
from aiogram.types import CallbackQuery

from bot.filters import is_member
from bot.more_keyboards import WhyPress, rest_button
from bot.tools import BotTools
from bot.why_texts import why
from offers.model.ids import CheckoutId
from offers.model.member import Member


def make_router() -> Router:
    router = Router(name="why")
    router.callback_query.filter(is_member)
    router.callback_query.register(press_why, WhyPress.filter())
    return router


async def press_why(query: CallbackQuery, callback_data: WhyPress, member: Member, tools: BotTools, bot: Bot) -> None:
    await query.answer()
    checkout_id = CheckoutId(callback_data.checkout_id)
    receipt = await tools.find_receipts.one_of_member(member.id, checkout_id)
    text, rest = why(member.language, receipt, zone=tools.programme.zone, at=tools.clock(), start=callback_data.start)
    buttons = rest_button(member.language, checkout_id, rest) if rest is not None else None
    await bot.send_message(query.from_user.id, text, reply_markup=buttons)
