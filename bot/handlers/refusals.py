"""Refusals on the way of an answer: told kindly, in the table's words; bugs go on to the lane, which tries again."""

from aiogram import Bot, Router
from aiogram.dispatcher.event.bases import UNHANDLED
from aiogram.filters import ExceptionTypeFilter
from aiogram.types import ErrorEvent

from bot.visitor import Visitor
from locales.catalogue import gettext
from offers.model.errors import Busy, OfferError
from web.problems import TEXTS


def make_router() -> Router:
    router = Router(name="refusals")
    router.errors.register(tell_refusal, ExceptionTypeFilter(OfferError))
    return router


async def tell_refusal(event: ErrorEvent, bot: Bot, visitor: Visitor | None = None) -> object:
    refusal = event.exception
    if not isinstance(refusal, OfferError) or isinstance(refusal, Busy) or visitor is None:
        return UNHANDLED
    await bot.send_message(visitor.telegram_id, gettext(visitor.language, TEXTS[refusal.code], **refusal.facts()))
    return None
