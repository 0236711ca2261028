"""The update tag of a device: the state of every card it carries, so that no change is ever skipped.

A clock or a shared counter can hide a change: two in one second, or a number taken earlier and committed later. The
states themselves cannot, they need no hot document, and a layer for everybody changes them without a write. The tag is
opaque to the device, which sends it back as it came.
"""

import base64
import binascii
import hashlib
from collections.abc import Iterable

from offers.flows.card_states import NamedState

_MARK_BYTES = 5
_ENTRY_BYTES = 2 * _MARK_BYTES


def write_tag(states: Iterable[NamedState]) -> str:
    entries = sorted(_mark(state.card.serial) + _mark(state.name) for state in states)
    return base64.urlsafe_b64encode(b"".join(entries)).decode().rstrip("=")


def changed_since(tag: str | None, states: Iterable[NamedState]) -> list[NamedState]:
    """Give the cards in another state than the tag says; a tag that cannot be read knows none of them."""
    known = _read_tag(tag or "")
    return [state for state in states if known.get(_mark(state.card.serial)) != _mark(state.name)]


def _read_tag(tag: str) -> dict[bytes, bytes]:
    try:
        raw = base64.b64decode(tag + "=" * (-len(tag) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return {}
    if len(raw) % _ENTRY_BYTES:
        return {}
    entries = (raw[start : start + _ENTRY_BYTES] for start in range(0, len(raw), _ENTRY_BYTES))
    return {entry[:_MARK_BYTES]: entry[_MARK_BYTES:] for entry in entries}


def _mark(name: str) -> bytes:
    """Shorten a name: of a trillion changes one would go unseen, until the next one."""
    return hashlib.blake2b(name.encode(), digest_size=_MARK_BYTES).digest()
