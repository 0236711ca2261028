"""What a person may paste to add a card: its link, the link of its pass, or the bare token."""

import re
from typing import Final

from yarl import URL

_TOKEN: Final = re.compile(r"[0-9a-z]{16,120}")
_PATH: Final = re.compile(r"/c/([0-9a-z]{16,120})(?:\.pkpass|/google)?/?")
LINK_LIMIT_CHARS: Final = 2_000


class NotACardLink(ValueError):
    """The text names no card of this service."""


def card_token(text: str, public_url: str) -> str:
    """Give the token of a card's link. An address elsewhere is not followed: raises NotACardLink."""
    text = text.strip()[:LINK_LIMIT_CHARS]
    if _TOKEN.fullmatch(text):
        return text
    try:
        url, ours = URL(text), URL(public_url)
        is_ours = url.absolute and url.origin() == ours.origin()
    except ValueError as error:
        raise NotACardLink(text) from error
    prefix = ours.path.rstrip("/")
    found = _PATH.fullmatch(url.path.removeprefix(prefix)) if is_ours else None
    if found is None:
        raise NotACardLink(text)
    return found[1]
