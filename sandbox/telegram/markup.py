"""Telegram's HTML turned into plain text and entities, with its refusals for what it does not know."""

import re
from html.parser import HTMLParser
from typing import Any, Final

from sandbox.telegram.errors import bad_request

ENTITY_OF_TAG: Final = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "tg-spoiler": "spoiler",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}
TAG: Final = re.compile(r"</?[A-Za-z][A-Za-z0-9-]*(\s[^<>]*)?>")
COMMAND: Final = re.compile(r"/[A-Za-z0-9_]{1,32}(@[A-Za-z0-9_]+)?")

Entity = dict[str, Any]


def utf16_length(text: str) -> int:
    """Count as Telegram counts offsets: in UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


def parse(text: str, parse_mode: str) -> tuple[str, list[Entity]]:
    """Return plain text and its entities. Raises 400 as Telegram does; Markdown is not spoken here."""
    if not parse_mode:
        return text.strip(), []
    if parse_mode.lower() != "html":
        raise bad_request(f"can't parse entities: this stand-in reads HTML, not {parse_mode}")
    _refuse_stray_brackets(text)
    parser = _Html()
    parser.feed(text.strip())
    parser.close()
    return parser.finish()


def commands(text: str) -> list[Entity]:
    """Return the entity of a command that opens a text, as Telegram marks it for bots."""
    match = COMMAND.match(text)
    return [{"type": "bot_command", "offset": 0, "length": len(match[0])}] if match else []


def _refuse_stray_brackets(text: str) -> None:
    stray = TAG.sub("", text).find("<")
    if stray >= 0:
        raise bad_request('can\'t parse entities: Unsupported start tag "" at a "<" that was not escaped')


class _Html(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._text: list[str] = []
        self._length = 0
        self._open: list[tuple[str, Entity]] = []
        self._entities: list[Entity] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        kind = ENTITY_OF_TAG.get(tag)
        values = dict(attrs)
        if tag == "span" and values.get("class") == "tg-spoiler":
            kind = "spoiler"
        if kind is None:
            raise bad_request(f'can\'t parse entities: Unsupported start tag "{tag}"')
        entity: Entity = {"type": kind, "offset": self._length}
        if tag == "a":
            entity["url"] = values.get("href") or ""
        self._open.append((tag, entity))

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1][0] != tag:
            raise bad_request(f'can\'t parse entities: Unmatched end tag, found "</{tag}>"')
        entity = self._open.pop()[1]
        entity["length"] = self._length - entity["offset"]
        if entity["length"]:
            self._entities.append(entity)

    def handle_data(self, data: str) -> None:
        self._text.append(data)
        self._length += utf16_length(data)

    def finish(self) -> tuple[str, list[Entity]]:
        if self._open:
            raise bad_request(
                f"can't parse entities: Can't find end tag corresponding to start tag \"{self._open[-1][0]}\""
            )
        return "".join(self._text), sorted(self._entities, key=lambda entity: entity["offset"])
