"""What a handler answers to: members alone, or the text of a button in any language."""

from typing import Any

from aiogram.filters import Filter
from aiogram.types import Message, TelegramObject

from bot.keyboards import spellings
from bot.visitor import Visitor


def is_member(_event: TelegramObject, visitor: Visitor) -> bool | dict[str, Any]:
    """Let members through, and give the handler its `member`."""
    return {"member": visitor.member} if visitor.member is not None else False


class Says(Filter):
    """The text of a reply button, in whichever language it was shown."""

    def __init__(self, button: str) -> None:
        self._spellings = spellings(button)

    async def __call__(self, message: Message) -> bool:
        return message.text in self._spellings
