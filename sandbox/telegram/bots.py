"""One bot as Telegram knows it: its chats, updates, webhook, commands and open questions."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any

from sandbox.telegram.chats import Chat
from sandbox.telegram.errors import TelegramError, bad_request
from sandbox.telegram.files import Files
from sandbox.telegram.parameters import Call
from sandbox.telegram.updates import Updates
from sandbox.telegram.webhook import Webhook


@dataclass(slots=True, kw_only=True)
class BotAccount:
    """`settings` keeps what setMyCommands and its kin set, by method name without "set" and by language."""

    token: str
    username: str
    clock: Callable[[], datetime]
    webhook: Webhook
    updates: Updates
    files: Files = field(default_factory=Files)
    chats: dict[int, Chat] = field(default_factory=dict)
    questions: dict[str, Chat] = field(default_factory=dict)
    settings: dict[tuple[str, ...], Any] = field(default_factory=dict)
    flooded_until_s: float = 0.0

    @property
    def user(self) -> dict[str, Any]:
        """The bot as a User object."""
        return {
            "id": int(self.token.partition(":")[0]),
            "is_bot": True,
            "first_name": self.username,
            "username": self.username,
        }

    def now_s(self) -> int:
        return int(self.clock().timestamp())

    def chat_of(self, call: Call, name: str = "chat_id") -> Chat:
        """Return the chat a call names; 400 when the bot has never seen it."""
        value = call.text(name)
        chat = self.chats.get(int(value)) if value.lstrip("-").isdecimal() else None
        if chat is None:
            raise bad_request("chat not found")
        return chat

    def open_chat_of(self, call: Call) -> Chat:
        """Return the chat a call writes to; 403 when the person does not let the bot write."""
        chat = self.chat_of(call)
        if chat.deactivated:
            raise TelegramError(HTTPStatus.FORBIDDEN, "Forbidden: user is deactivated")
        if chat.blocked:
            raise TelegramError(HTTPStatus.FORBIDDEN, "Forbidden: bot was blocked by the user")
        if not chat.started:
            raise TelegramError(HTTPStatus.FORBIDDEN, "Forbidden: bot can't initiate conversation with a user")
        return chat
