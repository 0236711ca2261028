"""Bot API methods that write into a chat, change what was written, or take it away."""

from collections.abc import Callable
from typing import Any, Final

from sandbox.telegram.bots import BotAccount
from sandbox.telegram.chats import ChatChange, Toast
from sandbox.telegram.contents import (
    Content,
    caption_content,
    document_content,
    media_content,
    photo_content,
    text_content,
)
from sandbox.telegram.errors import bad_request
from sandbox.telegram.keyboards import check_markup
from sandbox.telegram.parameters import Call

TOAST_LIMIT_CHARS: Final = 200
TEXT_PARTS: Final = ("text", "entities")
CAPTION_PARTS: Final = ("caption", "caption_entities")
KINDS_OF_CONTENT: Final = (*TEXT_PARTS, *CAPTION_PARTS, "photo", "document", "contact")


def send_message(bot: BotAccount, call: Call) -> Any:
    return _send(bot, call, text_content(call))


def send_photo(bot: BotAccount, call: Call) -> Any:
    return _send(bot, call, photo_content(bot, call))


def send_document(bot: BotAccount, call: Call) -> Any:
    return _send(bot, call, document_content(bot, call))


def send_chat_action(bot: BotAccount, call: Call) -> Any:
    chat = bot.open_chat_of(call)
    if not call.text("action"):
        raise bad_request("wrong parameter action in request")
    chat.changes.tell(ChatChange(verb="typing"))
    return True


def copy_message(bot: BotAccount, call: Call) -> Any:
    """Send a message's content again, without its author and buttons; a caption may be replaced."""
    source = bot.chat_of(call, "from_chat_id")
    original = source.find(call.integer("message_id"), otherwise="message to copy not found")
    content: Content = {name: original[name] for name in KINDS_OF_CONTENT if name in original}
    if "caption" in call.fields:
        content = {name: value for name, value in content.items() if not name.startswith("caption")}
        content |= caption_content(call)
    return {"message_id": _send(bot, call, content)["message_id"]}


def edit_message_text(bot: BotAccount, call: Call) -> Any:
    before = _edited(bot, call)
    if "text" not in before:
        raise bad_request("there is no text in the message to edit")
    return _edit(bot, call, text_content(call), replaced=TEXT_PARTS)


def edit_message_caption(bot: BotAccount, call: Call) -> Any:
    before = _edited(bot, call)
    if "photo" not in before and "document" not in before:
        raise bad_request("there is no caption in the message to edit")
    return _edit(bot, call, caption_content(call), replaced=CAPTION_PARTS)


def edit_message_media(bot: BotAccount, call: Call) -> Any:
    before = _edited(bot, call)
    if "photo" not in before:
        raise bad_request("there is no media in the message to edit")
    return _edit(bot, call, media_content(bot, call), replaced=("photo", *CAPTION_PARTS))


def edit_message_reply_markup(bot: BotAccount, call: Call) -> Any:
    return _edit(bot, call, {}, replaced=())


def delete_message(bot: BotAccount, call: Call) -> Any:
    bot.chat_of(call).delete(call.integer("message_id"))
    return True


def answer_callback_query(bot: BotAccount, call: Call) -> Any:
    chat = bot.questions.pop(call.text("callback_query_id"), None)
    if chat is None:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    text = call.text("text")
    if len(text) > TOAST_LIMIT_CHARS:
        raise bad_request("MESSAGE_TOO_LONG")
    chat.show_toast(Toast(text=text, is_alert=call.flag("show_alert"), url=call.text("url") or None))
    return True


def _send(bot: BotAccount, call: Call, content: Content) -> dict[str, Any]:
    markup = check_markup(call.structure("reply_markup"))
    chat = bot.open_chat_of(call)
    if reply := call.structure("reply_parameters"):
        replied = chat.find(int(reply.get("message_id", 0)), otherwise="message to be replied not found")
        content = {**content, "reply_to_message": replied}
    return chat.add(content, from_bot=True, at_s=bot.now_s(), markup=markup)


def _edited(bot: BotAccount, call: Call) -> dict[str, Any]:
    chat = bot.open_chat_of(call)
    return chat.find(call.integer("message_id", 0), otherwise="message to edit not found")


def _edit(bot: BotAccount, call: Call, content: Content, *, replaced: tuple[str, ...]) -> dict[str, Any]:
    markup = check_markup(call.structure("reply_markup"))
    chat, message_id = bot.open_chat_of(call), call.integer("message_id", 0)
    return chat.edit(message_id, content, replaced=replaced, markup=markup, at_s=bot.now_s())


METHODS: Final[dict[str, Callable[[BotAccount, Call], Any]]] = {
    "sendmessage": send_message,
    "sendphoto": send_photo,
    "senddocument": send_document,
    "sendchataction": send_chat_action,
    "copymessage": copy_message,
    "editmessagetext": edit_message_text,
    "editmessagecaption": edit_message_caption,
    "editmessagemedia": edit_message_media,
    "editmessagereplymarkup": edit_message_reply_markup,
    "deletemessage": delete_message,
    "answercallbackquery": answer_callback_query,
}
