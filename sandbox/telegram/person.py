"""A person in a chat with a bot: what they can do with their thumbs, and what they see."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Final

from sandbox.telegram.chats import Chat, ChatChange, ChatMessage, Toast
from sandbox.telegram.keyboards import Button, Rows
from sandbox.telegram.markup import commands
from sandbox.telegram.updates import Updates

PATIENCE_S: Final = 20.0
TEXT_LIMIT_CHARS: Final = 4096


class Person:
    """Made by `TelegramStandIn.person(...)`. Everything a person does becomes an update for the bot."""

    def __init__(
        self,
        *,
        chat: Chat,
        updates: Updates,
        questions: dict[str, Chat],
        clock: Callable[[], datetime],
        phone: str,
    ) -> None:
        """Take the bot's open `questions`: pressed buttons that wait for answerCallbackQuery."""
        self.chat = chat
        self.phone = phone
        self._updates = updates
        self._questions = questions
        self._clock = clock

    @property
    def id(self) -> int:
        return self.chat.id

    @property
    def messages(self) -> list[ChatMessage]:
        """Return the whole chat, oldest first, both sides, without what was deleted."""
        return list(self.chat.messages())

    @property
    def keyboard(self) -> Rows:
        """Return the buttons that stand in place of the keyboard."""
        return self.chat.keyboard

    @property
    def toasts(self) -> list[Toast]:
        return self.chat.toasts

    async def send(self, text: str) -> ChatMessage:
        """Write to the bot; a text that opens with a slash is marked as a command."""
        if not 1 <= len(text) <= TEXT_LIMIT_CHARS:
            raise ValueError(f"a person can send 1 to {TEXT_LIMIT_CHARS} characters, not {len(text)}")
        content: dict[str, Any] = {"text": text}
        if entities := commands(text):
            content["entities"] = entities
        return self._say(content)

    async def send_photo(self, content: bytes, *, caption: str = "") -> ChatMessage:
        """Send a picture; Telegram shrinks and re-encodes it on the way."""
        return self._say({"photo": self.chat.files.keep_photo(content)} | ({"caption": caption} if caption else {}))

    async def send_document(self, content: bytes, *, name: str, caption: str = "") -> ChatMessage:
        document = self.chat.files.keep_document(content, name)
        return self._say({"document": document} | ({"caption": caption} if caption else {}))

    async def share_contact(self, *, phone: str | None = None, of_someone_else: bool = False) -> ChatMessage:
        """Share the own phone number, or another person's contact, which carries no Telegram id of the sender."""
        contact: dict[str, Any] = {"phone_number": phone or self.phone, "first_name": self.chat.person["first_name"]}
        if not of_someone_else:
            contact["user_id"] = self.id
        return self._say({"contact": contact})

    async def press(self, button: str | Button) -> None:
        """Press a button by its text or callback data: the newest message that has it, then the reply keyboard."""
        for message in reversed(self.messages):
            for found in (found for row in message.buttons for found in row):
                if _is(found, button):
                    self._ask(found, message)
                    return
        for found in (found for row in self.keyboard for found in row):
            if _is(found, button):
                await (self.share_contact() if found.request_contact else self.send(found.text))
                return
        raise LookupError(f"there is no button {button!r} in sight")

    async def block(self) -> None:
        """Block the bot: it is told by my_chat_member, and its messages come back with 403."""
        self._change_membership("member", "kicked")
        self.chat.blocked = True
        self.chat.changes.tell(ChatChange(verb="blocked"))

    async def unblock(self) -> None:
        self.chat.blocked = False
        self._change_membership("kicked", "member")
        self.chat.changes.tell(ChatChange(verb="unblocked"))

    def deactivate(self) -> None:
        """Delete the person's Telegram account: sending to it answers 403 for ever."""
        self.chat.deactivated = True

    async def next_message(self, *, timeout_s: float = PATIENCE_S) -> ChatMessage:
        """Return the bot's next message, each once, in order. Raises TimeoutError when none comes."""
        unread = self.chat.unread
        await self.until(lambda: bool(unread), timeout_s=timeout_s)
        return self.chat.view(self.chat.find(unread.popleft(), otherwise="message not found"))

    async def until(self, condition: Callable[[], bool], *, timeout_s: float = PATIENCE_S) -> None:
        """Wait for something to be true of the chat; it is asked again after every change of the chat."""
        with self.chat.changes.watching() as changes:
            try:
                async with asyncio.timeout(timeout_s):
                    while not condition():
                        await anext(changes)
            except (TimeoutError, StopAsyncIteration):
                last = self.messages[-1].text if self.messages else "nothing"
                raise TimeoutError(f"waited {timeout_s} s in chat {self.id}; its last message: {last!r}") from None

    def changes(self) -> AsyncIterator[ChatChange]:
        """Tell every change of the chat from the first step of the loop on."""
        return self.chat.changes.watch()

    def watching(self) -> AbstractContextManager[AsyncIterator[ChatChange]]:
        """Begin to watch now: `with person.watching() as changes`, then act, then loop."""
        return self.chat.changes.watching()

    def _say(self, content: dict[str, Any]) -> ChatMessage:
        if self.chat.blocked:
            raise RuntimeError("the bot is blocked: unblock it before writing to it")
        self.chat.started = True
        body = self.chat.add(content, from_bot=False, at_s=int(self._clock().timestamp()))
        self._updates.put("message", body)
        return self.chat.view(body)

    def _ask(self, button: Button, message: ChatMessage) -> None:
        if button.callback_data is None:
            raise LookupError(f"the button {button.text!r} opens {button.url}: visit it, the bot is not asked")
        question_id = str(secrets.randbelow(10**18))
        self._questions[question_id] = self.chat
        self._updates.put(
            "callback_query",
            {
                "id": question_id,
                "from": self.chat.person,
                "message": message.body,
                "chat_instance": str(self.id),
                "data": button.callback_data,
            },
        )

    def _change_membership(self, before: str, after: str) -> None:
        self._updates.put(
            "my_chat_member",
            {
                "chat": self.chat.to_api(),
                "from": self.chat.person,
                "date": int(self._clock().timestamp()),
                "old_chat_member": _membership(self.chat.bot, before),
                "new_chat_member": _membership(self.chat.bot, after),
            },
        )


def _is(found: Button, wanted: str | Button) -> bool:
    return found == wanted if isinstance(wanted, Button) else wanted in {found.text, found.callback_data}


def _membership(bot: dict[str, Any], status: str) -> dict[str, Any]:
    member = {"user": bot, "status": status}
    return member | {"until_date": 0} if status == "kicked" else member
