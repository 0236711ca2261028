"""Turns what a device and a chat tell into steps of the timeline."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from locales.catalogue import LANGUAGES
from sandbox.phone.news import DeviceNews
from sandbox.phone.refusals import PassRefused
from sandbox.phone.timeline import Fact, Timeline
from sandbox.telegram.chats import ChatChange

QUOTED_CHARS: Final = 90
KILOBYTE: Final = 1000


def write_news(timeline: Timeline, news: DeviceNews) -> None:
    """Write one step of the device; what the phone said is kept in every language."""
    facts: dict[str, Fact] = dict(news.facts)
    if news.serial is not None:
        facts["serial"] = f"{news.serial[:8]}…"
    code: str = news.verb
    match news.verb:
        case "fetched":
            code = "fetched" if facts["status"] == 200 else "fetched_same"  # noqa: PLR2004 - HTTP's own number
            facts["size"] = -(-int(news.facts["size_bytes"]) // KILOBYTE)
        case "silent":
            code = "silent" if facts["changed"] else "same"
        case "noticed":
            facts["text"] = {language: str(facts.get(f"text_{language}", "")) for language in LANGUAGES}
        case "refused":
            refusal = PassRefused(str(facts.pop("code")), **facts)
            facts = {"reason": {language: refusal.text(language) for language in LANGUAGES}}
        case _:
            pass
    timeline.add("apple", code, news.at, **facts)


def write_chat(timeline: Timeline, change: ChatChange, at: datetime) -> None:
    """Write what the bot did; what the person does in the chat they see themselves."""
    message = change.message
    if message is None or not message.from_bot:
        return
    if change.verb == "edited":
        timeline.add("telegram", "bot_edited", at)
    elif change.verb == "sent":
        text = _quoted(message.text, message.body)
        if text:
            timeline.add("telegram", "bot_wrote", at, text=text)
        else:
            timeline.add("telegram", "bot_photo", at)


def _quoted(text: str, body: Mapping[str, Any]) -> str:
    if "photo" in body:
        return ""
    line = " ".join(text.split())
    return line if len(line) <= QUOTED_CHARS else f"{line[: QUOTED_CHARS - 1].rstrip()}…"
