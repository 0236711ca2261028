"""A chat as the page draws it: bubbles, formatted text, pictures, buttons."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any, Final

from sandbox.telegram.chats import ChatMessage
from sandbox.telegram.keyboards import Rows
from sandbox.telegram.person import Person

MESSAGES_SHOWN: Final = 60
STYLES: Final = frozenset(
    {"bold", "italic", "underline", "strikethrough", "code", "pre", "spoiler", "blockquote", "bot_command"}
)
_LINKS: Final = frozenset({"text_link", "url"})


def chat_face(person: Person, *, bot_username: str, is_typing: bool) -> dict[str, Any]:
    messages = person.messages[-MESSAGES_SHOWN:]
    return {
        "bot": bot_username,
        "phone": person.phone,
        "is_started": person.chat.started,
        "is_typing": is_typing,
        "messages": [_message(each) for each in messages],
        "keyboard": _buttons(person.keyboard),
        "toast": _toast(person),
    }


def spans(text: str, entities: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Cut a text where its formatting changes. Offsets count UTF-16 units, as Telegram's do."""
    units = text.encode("utf-16-le")
    edges = {0, len(units) // 2}
    for each in entities:
        edges |= {each["offset"], each["offset"] + each["length"]}
    cut = []
    for start, end in pairwise(sorted(edge for edge in edges if 0 <= edge <= len(units) // 2)):
        over = [each for each in entities if each["offset"] <= start and end <= each["offset"] + each["length"]]
        words = units[2 * start : 2 * end].decode("utf-16-le", "replace")
        cut.append({"text": words, "styles": sorted({each["type"] for each in over} & STYLES)} | _link(over, words))
    return cut


def _link(entities: Sequence[dict[str, Any]], words: str) -> dict[str, str]:
    for each in entities:
        address = str(each.get("url") or words)
        if each["type"] in _LINKS and address.startswith(("http://", "https://")):
            return {"address": address}
    return {}


def _message(message: ChatMessage) -> dict[str, Any]:
    body = message.body
    entities = body.get("entities") or body.get("caption_entities") or []
    contact = body.get("contact")
    digest = hashlib.sha256(message.photo).hexdigest()[:16] if message.photo else ""
    return {
        "id": message.message_id,
        "is_bot": message.from_bot,
        "spans": spans(message.text, entities),
        "photo": f"/chat/photos/{message.message_id}-{digest}.jpg" if digest else None,
        "document": message.document_name,
        "contact": contact["phone_number"] if contact else None,
        "buttons": _buttons(message.buttons),
        "is_edited": message.edited,
        "at": datetime.fromtimestamp(body["date"], UTC).isoformat(),
    }


def _buttons(rows: Rows) -> list[list[dict[str, Any]]]:
    return [[{"text": each.text, "url": each.url, "is_contact": each.request_contact} for each in row] for row in rows]


def _toast(person: Person) -> dict[str, Any] | None:
    """The newest answer to a pressed button, numbered so that the page shows it once."""
    if not person.toasts:
        return None
    newest = person.toasts[-1]
    return {"number": len(person.toasts), "text": newest.text, "is_alert": newest.is_alert}
