"""The way out through Telegram: what happened to a member's points, told in their chat."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from aiogram import Bot
from aiogram.exceptions import TelegramAPIError, TelegramBadRequest, TelegramForbiddenError
from aiogram.types import InlineKeyboardMarkup

from bot.gate import GateClosed, Urgency, speaking
from bot.more_keyboards import notice_buttons
from bot.notices import notice
from bot.outcomes import passing
from bot.tools import BotTools
from offers.model.errors import UnknownCard
from offers.model.message import Delivered, Dropped, Lane, OutboxItem, Outcome, RetryLater

CHATS_AT_ONCE = 16
_NOBODY_THERE = ("chat not found", "user not found", "PEER_ID_INVALID")


@dataclass(frozen=True, slots=True)
class TelegramChannel:
    """Writes to one member at a time, to many members at once, at the pace of the token's transactional lane."""

    bot: Bot
    tools: BotTools
    lane: Lane = Lane.TELEGRAM
    _places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(CHATS_AT_ONCE))

    async def deliver(self, items: Sequence[OutboxItem]) -> Sequence[Outcome]:
        members: dict[str, list[OutboxItem]] = {}
        for item in items:
            members.setdefault(item.member_id, []).append(item)
        outcomes: dict[str, Outcome] = {}
        async with asyncio.TaskGroup() as tasks:
            for waiting in members.values():
                tasks.create_task(self._tell_member(waiting, outcomes))
        return [outcomes[item.key] for item in items]

    async def _tell_member(self, items: Sequence[OutboxItem], outcomes: dict[str, Outcome]) -> None:
        """Tell one member everything in its order: what comes after a message that has to wait waits too."""
        held: RetryLater | None = None
        async with self._places:
            for item in items:
                outcome = held or await self._tell(item)
                outcomes[item.key] = outcome
                held = outcome if isinstance(outcome, RetryLater) else None

    async def _tell(self, item: OutboxItem) -> Outcome:
        try:
            sight = await self.tools.look.by_member(item.member_id)
        except UnknownCard:
            return Dropped(reason="the member has no card any more")
        member = sight.member
        if member.telegram_id is None or not member.telegram_open:
            return Dropped(reason="the member closed the channel")
        text = notice(item.kind, item.payload, sight.programme, member.language)
        if text is None:
            return Dropped(reason=f"the bot has no words for {item.kind}")
        with speaking(Urgency.TRANSACTIONAL):
            buttons = notice_buttons(item.kind, item.payload, member.language)
            return await self._send(item, member.telegram_id, text, buttons)

    async def _send(
        self, item: OutboxItem, telegram_id: int, text: str, buttons: InlineKeyboardMarkup | None
    ) -> Outcome:
        try:
            sent = await self.bot.send_message(telegram_id, text, reply_markup=buttons)
        except TelegramForbiddenError as refusal:
            return Dropped(reason=refusal.message)
        except TelegramBadRequest as refusal:
            return await self._refused(item, telegram_id, refusal)
        except (TelegramAPIError, GateClosed) as refusal:
            return passing(refusal) or Dropped(reason=str(refusal))
        return Delivered(note=f"message {sent.message_id}")

    async def _refused(self, item: OutboxItem, telegram_id: int, refusal: TelegramBadRequest) -> Outcome:
        if any(words in refusal.message for words in _NOBODY_THERE):
            await self.tools.open_telegram(item.programme_id, telegram_id, is_open=False)
        return Dropped(reason=refusal.message)
