"""What a message can hold, read from a call and checked: text, photo, document."""

from typing import Any, Final

from sandbox.telegram.bots import BotAccount
from sandbox.telegram.errors import bad_request
from sandbox.telegram.markup import parse
from sandbox.telegram.parameters import Call

TEXT_LIMIT_CHARS: Final = 4096
CAPTION_LIMIT_CHARS: Final = 1024

Content = dict[str, Any]


def text_content(call: Call) -> Content:
    """Read a text of 1 to 4096 characters, counted after its markup became entities."""
    text, entities = parse(call.text("text"), call.text("parse_mode"))
    if not text:
        raise bad_request("message text is empty")
    if len(text) > TEXT_LIMIT_CHARS:
        raise bad_request("message is too long")
    return _with_entities("text", text, call.structure("entities") or entities, "entities")


def caption_content(call: Call) -> Content:
    """Read a caption of at most 1024 characters; none leaves the content without one."""
    return _caption(call.text("caption"), call.text("parse_mode"), call.structure("caption_entities"))


def photo_content(bot: BotAccount, call: Call) -> Content:
    return {"photo": _photo(bot, call, call.text("photo"), "photo"), **caption_content(call)}


def document_content(bot: BotAccount, call: Call) -> Content:
    upload = call.upload("document")
    if upload is not None:
        document = bot.files.keep_document(upload.content, upload.name)
    else:
        document = bot.files.find(_named(call, "document")).to_api()
    return {"document": document, **caption_content(call)}


def media_content(bot: BotAccount, call: Call) -> Content:
    """Read editMessageMedia's InputMediaPhoto."""
    media = call.structure("media")
    if not isinstance(media, dict) or media.get("type") != "photo":
        raise bad_request("this stand-in edits photos alone")
    photo = _photo(bot, call, str(media.get("media", "")), "media")
    caption = _caption(str(media.get("caption", "")), str(media.get("parse_mode", "")), media.get("caption_entities"))
    return {"photo": photo, **caption}


def _photo(bot: BotAccount, call: Call, address: str, name: str) -> list[dict[str, Any]]:
    upload = call.uploads.get(name) or call.attached(address)
    if upload is not None:
        return bot.files.keep_photo(upload.content)
    if not address:
        raise bad_request(f"there is no {name} in the request")
    return bot.files.keep_photo(bot.files.find(address).content)


def _named(call: Call, name: str) -> str:
    if not call.text(name):
        raise bad_request(f"there is no {name} in the request")
    return call.text(name)


def _caption(text: str, parse_mode: str, entities: Any) -> Content:
    caption, found = parse(text, parse_mode)
    if len(caption) > CAPTION_LIMIT_CHARS:
        raise bad_request("message caption is too long")
    return _with_entities("caption", caption, entities or found, "caption_entities") if caption else {}


def _with_entities(name: str, text: str, entities: Any, entities_name: str) -> Content:
    return {name: text, entities_name: entities} if entities else {name: text}
