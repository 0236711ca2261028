"""Buttons under messages and in place of the keyboard: checked as Telegram checks them, read as a person sees them."""

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from sandbox.telegram.errors import bad_request

CALLBACK_LIMIT_BYTES: Final = 64
BUTTON_LIMIT: Final = 100
ROW_LIMIT: Final = 8
INLINE_ACTIONS: Final = (
    "callback_data",
    "url",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "copy_text",
    "pay",
)
URL_SCHEMES: Final = frozenset({"http", "https", "tg"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """One button: an inline one has exactly one action, one of the reply keyboard sends its text or the contact."""

    text: str
    callback_data: str | None = None
    url: str | None = None
    request_contact: bool = False


Rows = tuple[tuple[Button, ...], ...]


def inline_rows(markup: Any) -> Rows:
    """Read the buttons under a message."""
    return _rows(markup, "inline_keyboard")


def reply_rows(markup: Any) -> Rows:
    """Read the buttons that stand in place of the keyboard."""
    return _rows(markup, "keyboard")


def check_markup(markup: Any) -> dict[str, Any] | None:
    """Return a checked reply_markup, None when there is none."""
    if not markup:
        return None
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    rows = markup.get("inline_keyboard", markup.get("keyboard", []))
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request("field of type Array expected in reply markup")
    buttons = [button if isinstance(button, dict) else {"text": button} for row in rows for button in row]
    if len(buttons) > BUTTON_LIMIT or any(len(row) > ROW_LIMIT for row in rows):
        raise bad_request("reply markup is too long")
    for button in buttons:
        if not button.get("text"):
            raise bad_request("field text must be non-empty in a button")
        if "inline_keyboard" in markup:
            _check_inline(button)
    return markup


def _check_inline(button: dict[str, Any]) -> None:
    actions = [name for name in INLINE_ACTIONS if name in button]
    if len(actions) != 1:
        raise bad_request("BUTTON_TYPE_INVALID")
    if "callback_data" in button and not 1 <= len(str(button["callback_data"]).encode()) <= CALLBACK_LIMIT_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")
    if "url" in button and urlsplit(str(button["url"])).scheme not in URL_SCHEMES:
        raise bad_request(f"inline keyboard button URL '{button['url']}' is invalid: Unsupported URL protocol")
    if "web_app" in button and urlsplit(str(button["web_app"].get("url"))).scheme != "https":
        raise bad_request(
            f"inline keyboard button Web App URL '{button['web_app']}' is invalid: Only HTTPS links are allowed"
        )


def _rows(markup: Any, name: str) -> Rows:
    rows = markup.get(name, []) if isinstance(markup, dict) else []
    return tuple(tuple(_button(button) for button in row) for row in rows)


def _button(button: Any) -> Button:
    if isinstance(button, str):
        return Button(text=button)
    return Button(
        text=button["text"],
        callback_data=button.get("callback_data"),
        url=button.get("url") or (button.get("web_app") or {}).get("url"),
        request_contact=bool(button.get("request_contact")),
    )
