"""Blocked and unblocked: Telegram's own word on whether a member can be written to."""

from aiogram import Router
from aiogram.enums import ChatMemberStatus
from aiogram.types import ChatMemberUpdated

from bot.tools import BotTools

_SHUT = frozenset({ChatMemberStatus.KICKED, ChatMemberStatus.LEFT})


def make_router() -> Router:
    router = Router(name="membership")
    router.my_chat_member.register(note_membership)
    return router


async def note_membership(event: ChatMemberUpdated, tools: BotTools) -> None:
    is_open = event.new_chat_member.status not in _SHUT
    await tools.open_telegram(tools.programme.id, event.from_user.id, is_open=is_open)
