"""Who wrote: the middleware that gives every handler its visitor."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiogram import BaseMiddleware
from aiogram.enums import ChatType
from aiogram.types import Chat, TelegramObject, Update, User

from bot.tools import BotTools
from offers.model.conversation import Conversation
from offers.model.member import Member
from offers.model.programme import Language

RUSSIAN_SPEAKING = frozenset({"ru", "uk", "be", "kk"})
"""Telegram languages that are answered in Russian until the person chooses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """A person in a private chat, whose number is the person's own. `language` is the one to answer in."""

    telegram_id: int
    update_id: int
    language: Language
    member: Member | None
    conversation: Conversation | None

    @property
    def proof(self) -> str:
        """Name the update as the proof of what the person does with it."""
        return f"telegram:{self.update_id}"


@dataclass(frozen=True, slots=True)
class MeetVisitor(BaseMiddleware):
    """Stands before every handler and gives it `visitor`. The bot speaks to people in private: groups pass by."""

    tools: BotTools

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        person: User | None = data.get("event_from_user")
        chat: Chat | None = data.get("event_chat")
        if not isinstance(event, Update) or person is None or chat is None or chat.type != ChatType.PRIVATE:
            return None
        if event.my_chat_member is None:
            data["visitor"] = await self._meet(person, event.update_id)
        return await handler(event, data)

    async def _meet(self, person: User, update_id: int) -> Visitor:
        known = await self.tools.meet(self.tools.programme.id, person.id)
        spoken = known.member or known.conversation
        return Visitor(
            telegram_id=person.id,
            update_id=update_id,
            language=spoken.language if spoken else language_of(person.language_code),
            member=known.member,
            conversation=known.conversation,
        )


def language_of(code: str | None) -> Language:
    """Choose a language from Telegram's IETF tag; nobody's tag is English."""
    tag = (code or "").split("-")[0].lower()
    return Language.RU if tag in RUSSIAN_SPEAKING else Language.EN
