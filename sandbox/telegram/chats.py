"""One private chat between a person and a bot: its messages, and the news of it for whoever watches."""

from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from sandbox.changes import Changes
from sandbox.telegram.errors import bad_request
from sandbox.telegram.files import Files
from sandbox.telegram.keyboards import Rows, inline_rows, reply_rows

MESSAGE_LIMIT: Final = 5000
UNREAD_LIMIT: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatMessage:
    """One message as a person sees it: `text` is the text or the caption, `buttons` stand under it."""

    message_id: int
    from_bot: bool
    text: str
    photo: bytes | None
    document: bytes | None
    document_name: str | None
    buttons: Rows
    edited: bool
    body: dict[str, Any]  # as the Bot API tells it


@dataclass(frozen=True, slots=True, kw_only=True)
class Toast:
    """The answer to a pressed button: a line on the screen, or an alert to close."""

    text: str
    is_alert: bool
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatChange:
    verb: Literal["sent", "edited", "deleted", "toast", "typing", "blocked", "unblocked"]
    message: ChatMessage | None = None
    toast: Toast | None = None


@dataclass(slots=True, kw_only=True)
class Chat:
    """The state of a chat. `started`: the person wrote first, so the bot may write; `keyboard`: the reply keyboard."""

    person: dict[str, Any]  # a User of the Bot API
    bot: dict[str, Any]
    files: Files
    started: bool = False
    blocked: bool = False
    deactivated: bool = False
    keyboard: Rows = ()
    toasts: list[Toast] = field(default_factory=list)
    unread: deque[int] = field(default_factory=lambda: deque(maxlen=UNREAD_LIMIT))
    changes: Changes[ChatChange] = field(default_factory=Changes)
    _bodies: dict[int, dict[str, Any]] = field(default_factory=dict)
    _last_id: int = 0

    @property
    def id(self) -> int:
        return int(self.person["id"])

    def to_api(self) -> dict[str, Any]:
        names: dict[str, Any] = {
            name: self.person[name] for name in ("first_name", "last_name", "username") if name in self.person
        }
        return {"id": self.id, "type": "private", **names}

    def add(
        self, content: dict[str, Any], *, from_bot: bool, at_s: int, markup: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Append a message and return it as the Bot API tells it."""
        self._last_id += 1
        sender = self.bot if from_bot else self.person
        body = {"message_id": self._last_id, "from": sender, "chat": self.to_api(), "date": at_s, **content}
        self._show(body, markup)
        self._bodies[self._last_id] = body
        if len(self._bodies) > MESSAGE_LIMIT:
            del self._bodies[next(iter(self._bodies))]
        if from_bot:
            self.unread.append(self._last_id)
        self.changes.tell(ChatChange(verb="sent", message=self.view(body)))
        return body

    def find(self, message_id: int, *, otherwise: str) -> dict[str, Any]:
        """Return a kept message; raises 400 with the given words when there is none."""
        if message_id not in self._bodies:
            raise bad_request(otherwise)
        return self._bodies[message_id]

    def edit(
        self,
        message_id: int,
        content: dict[str, Any],
        *,
        replaced: Collection[str],
        markup: dict[str, Any] | None,
        at_s: int,
    ) -> dict[str, Any]:
        """Put content in the place of the `replaced` parts and the buttons; 400 when nothing would change."""
        before = self.find(message_id, otherwise="message to edit not found")
        if before["from"]["id"] != self.bot["id"]:
            raise bad_request("message can't be edited")
        body = {name: value for name, value in before.items() if name not in {"reply_markup", "edit_date", *replaced}}
        body |= content
        if markup is not None and markup.get("inline_keyboard"):
            body["reply_markup"] = markup
        if body == {name: value for name, value in before.items() if name != "edit_date"}:
            raise bad_request(
                "message is not modified: specified new message content and reply markup are exactly the same "
                "as a current content and reply markup of the message"
            )
        body["edit_date"] = at_s
        self._bodies[message_id] = body
        self.changes.tell(ChatChange(verb="edited", message=self.view(body)))
        return body

    def delete(self, message_id: int) -> None:
        body = self.find(message_id, otherwise="message to delete not found")
        del self._bodies[message_id]
        if message_id in self.unread:
            self.unread.remove(message_id)
        self.changes.tell(ChatChange(verb="deleted", message=self.view(body)))

    def show_toast(self, toast: Toast) -> None:
        self.toasts.append(toast)
        self.changes.tell(ChatChange(verb="toast", toast=toast))

    def messages(self) -> Iterator[ChatMessage]:
        return (self.view(body) for body in self._bodies.values())

    def view(self, body: dict[str, Any]) -> ChatMessage:
        photo, document = body.get("photo"), body.get("document")
        return ChatMessage(
            message_id=body["message_id"],
            from_bot=body["from"]["id"] == self.bot["id"],
            text=body.get("text") or body.get("caption") or "",
            photo=self.files.find(photo[-1]["file_id"]).content if photo else None,
            document=self.files.find(document["file_id"]).content if document else None,
            document_name=document.get("file_name") if document else None,
            buttons=inline_rows(body.get("reply_markup")),
            edited="edit_date" in body,
            body=body,
        )

    def _show(self, body: dict[str, Any], markup: dict[str, Any] | None) -> None:
        """Buttons under the message travel with it; a reply keyboard changes the chat instead."""
        if markup is None:
            return
        if "inline_keyboard" in markup:
            body["reply_markup"] = markup
        elif "keyboard" in markup:
            self.keyboard = reply_rows(markup)
        elif markup.get("remove_keyboard"):
            self.keyboard = ()
