"""Scan codes and link tokens: opaque, MAC-signed, without personal data.

A scan code is `TSR1.<card>.<mac>`; the MAC is the first 80 bits of HMAC-SHA256, so a forgery succeeds once in 2^80
tries and is told from an unknown card without asking the database.
"""

import hashlib
import hmac

from offers.model.errors import ForgedCode, MalformedCode
from offers.model.ids import CROCKFORD, ID_LENGTH, CardId, crockford

PREFIX = "TSR1"
MAX_CODE_LENGTH = 64
_MAC_LENGTH = 16
_SYMBOLS = frozenset(CROCKFORD)


def derive_key(master: bytes, purpose: str) -> bytes:
    """Derive the 32-byte key of one purpose from the service's master secret (HKDF-Expand of RFC 5869, one block)."""
    return hmac.digest(master, b"tessera:" + purpose.encode() + b"\x01", hashlib.sha256)


def scan_code(card_id: CardId, key: bytes) -> str:
    return f"{PREFIX}.{card_id}.{_mac(f'{PREFIX}.{card_id}', key)}"


def read_scan_code(text: str, key: bytes) -> CardId:
    """Give the card a scanned text names.

    Surrounding blanks and the letter case are forgiven (keyboards and hardware scanners change both).
    Raises MalformedCode when it is not shaped like a code, ForgedCode when its MAC is not ours.
    """
    parts = text.strip().lower().split(".")
    if len(text) > MAX_CODE_LENGTH or len(parts) != 3 or parts[0] != PREFIX.lower():  # noqa: PLR2004 - prefix, card, mac
        raise MalformedCode
    return _checked(parts[1], parts[2], f"{PREFIX}.{parts[1]}", key)


def link_token(card_id: CardId, key: bytes) -> str:
    """Make the token of a member's own page: whoever holds it sees the card."""
    return f"{card_id}{_mac(f'link.{card_id}', key)}"


def read_link_token(token: str, key: bytes) -> CardId:
    """Give the card a link names. Raises MalformedCode or ForgedCode."""
    token = token.strip().lower()
    return _checked(token[:ID_LENGTH], token[ID_LENGTH:], f"link.{token[:ID_LENGTH]}", key)


def _checked(card: str, mac: str, signed: str, key: bytes) -> CardId:
    if len(card) != ID_LENGTH or len(mac) != _MAC_LENGTH or not _SYMBOLS.issuperset(card + mac):
        raise MalformedCode
    if not hmac.compare_digest(mac, _mac(signed, key)):
        raise ForgedCode
    return CardId(card)


def _mac(signed: str, key: bytes) -> str:
    digest = hmac.digest(key, signed.encode(), hashlib.sha256)
    return crockford(int.from_bytes(digest[:10], "big"), _MAC_LENGTH)
