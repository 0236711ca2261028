"""The update tag of a device: the version of every card it carries, so that no change is ever skipped.

A clock or a shared counter can hide a change: two in one second, or a number taken earlier and committed later.
A vector of versions cannot, and it needs no hot document. It is opaque to the device, which sends it back as it came.
"""

import base64
import binascii
import hashlib
from collections.abc import Iterable

from offers.model.card import Card

_SERIAL_BYTES = 6
_VERSION_BYTES = 4
_ENTRY_BYTES = _SERIAL_BYTES + _VERSION_BYTES


def write_tag(cards: Iterable[Card]) -> str:
    entries = sorted(_mark(card.serial) + card.version.to_bytes(_VERSION_BYTES, "big") for card in cards)
    return base64.urlsafe_b64encode(b"".join(entries)).decode().rstrip("=")


def changed_since(tag: str | None, cards: Iterable[Card]) -> list[Card]:
    """Give the cards newer than the tag says; a tag that cannot be read knows none of them."""
    known = _read_tag(tag or "")
    return [card for card in cards if card.version > known.get(_mark(card.serial), 0)]


def _read_tag(tag: str) -> dict[bytes, int]:
    try:
        raw = base64.b64decode(tag + "=" * (-len(tag) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return {}
    if len(raw) % _ENTRY_BYTES:
        return {}
    entries = (raw[start : start + _ENTRY_BYTES] for start in range(0, len(raw), _ENTRY_BYTES))
    return {entry[:_SERIAL_BYTES]: int.from_bytes(entry[_SERIAL_BYTES:], "big") for entry in entries}


def _mark(serial: str) -> bytes:
    return hashlib.blake2b(serial.encode(), digest_size=_SERIAL_BYTES).digest()
