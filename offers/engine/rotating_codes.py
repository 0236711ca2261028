"""Rotating scan codes: a text that changes every half a minute, the same in the bot, on the web card and at Google.

A code is `TSR2.<card>.<unix seconds>.<totp>`. Google's phone makes it by itself from `google_pattern` and the key, and
puts there the second at which it drew the code; we put the second its period began at. Both count the same period, so
a reader rounds down and never compares the seconds as text.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from offers.engine.card_codes import PREFIX as STATIC_PREFIX
from offers.model.card_errors import CodeOutOfDate
from offers.model.errors import ForgedCode, MalformedCode
from offers.model.ids import CROCKFORD, ID_LENGTH, CardId

PREFIX = "TSR2"
PERIOD_S = 30
DIGITS = 8
KEY_BYTES = 20
WINDOW_PERIODS = 1
"""So many periods before and after the present one are taken: a code is shown, scanned and sent (RFC 6238, 5.2)."""
CLOCK_SKEW_S = 15
"""And so many seconds more: a phone's clock is not ours."""
MAX_AHEAD = 20
"""So many codes are given out ahead at most, for a phone that loses its network at the till."""
_SECONDS_LENGTHS = range(9, 12)
_SYMBOLS = frozenset(CROCKFORD)


@dataclass(frozen=True, slots=True, kw_only=True)
class RotatingText:
    """What a rotating code says, not yet believed. `period` counts the half minutes since 1970."""

    card_id: CardId
    period: int
    totp: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCode:
    """A code to show from `starts_at` until `ends_at`, which the next one follows."""

    text: str
    starts_at: datetime
    ends_at: datetime


def rotating_key(card_id: CardId, generation: int, code_key: bytes) -> bytes:
    """Derive the key of one card's codes (20 bytes, the length RFC 4226 recommends); each generation has another."""
    return hmac.digest(code_key, f"{PREFIX}.{card_id}.{generation}".encode(), hashlib.sha256)[:KEY_BYTES]


def totp(key: bytes, period: int) -> str:
    """Give the 8 digits of a period: RFC 6238 by HMAC-SHA-1, truncated as RFC 4226, 5.3 says."""
    digest = hmac.digest(key, period.to_bytes(8, "big"), hashlib.sha1)
    start = digest[-1] & 0xF
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def period_at(at: datetime) -> int:
    return int(at.timestamp()) // PERIOD_S


def rotating_code(card_id: CardId, key: bytes, period: int) -> str:
    return f"{PREFIX}.{card_id}.{period * PERIOD_S}.{totp(key, period)}"


def codes_ahead(card_id: CardId, key: bytes, at: datetime, count: int) -> tuple[ShownCode, ...]:
    """Give the code of now and those that follow, at most `MAX_AHEAD` of them."""
    first = period_at(at)
    return tuple(
        ShownCode(text=rotating_code(card_id, key, period), starts_at=began_at(period), ends_at=began_at(period + 1))
        for period in range(first, first + min(count, MAX_AHEAD))
    )


def google_pattern(card_id: CardId) -> str:
    """Give the `valuePattern` by which Google's phone makes the very same text (RotatingBarcode of its REST API)."""
    return f"{PREFIX}.{card_id}.{{totp_timestamp_seconds}}.{{totp_value_0}}"


def google_totp_details(key: bytes) -> dict[str, object]:
    """Give the `totpDetails` of a rotatingBarcode. It holds the key: by the API only, never in a save link."""
    return {
        "algorithm": "TOTP_SHA1",
        "periodMillis": str(PERIOD_S * 1000),
        "parameters": [{"key": key.hex(), "valueLength": DIGITS}],
    }


def is_rotating(text: str) -> bool:
    return text.strip().lower().startswith(f"{PREFIX.lower()}.")


def is_code(text: str) -> bool:
    """Tell a code of either kind from an id, by how it begins."""
    return is_rotating(text) or text.strip().upper().startswith(f"{STATIC_PREFIX}.")


def read_rotating_text(text: str) -> RotatingText:
    """Take a scanned text apart; blanks around it and letter case are forgiven.

    Raises MalformedCode when it is not shaped like a rotating code. Whether it is genuine says `check_rotating`.
    """
    parts = text.strip().lower().split(".")
    if len(parts) != 4 or parts[0] != PREFIX.lower() or not text.isascii():  # noqa: PLR2004 - prefix, card, time, totp
        raise MalformedCode
    _, card, seconds, digits = parts
    if len(card) != ID_LENGTH or not _SYMBOLS.issuperset(card):
        raise MalformedCode
    if len(seconds) not in _SECONDS_LENGTHS or len(digits) != DIGITS or not (seconds + digits).isdigit():
        raise MalformedCode
    return RotatingText(card_id=CardId(card), period=int(seconds) // PERIOD_S, totp=digits)


def is_genuine(shown: RotatingText, key: bytes) -> bool:
    """Tell whether the digits are those of their period, whenever that was."""
    return hmac.compare_digest(shown.totp, totp(key, shown.period))


def check_rotating(shown: RotatingText, key: bytes, at: datetime) -> None:
    """Believe a code that was made with the card's key and is shown about now.

    Raises ForgedCode when the digits are not those of its period, CodeOutOfDate when they are, but of another time.
    """
    if not is_genuine(shown, key):
        raise ForgedCode
    around = timedelta(seconds=WINDOW_PERIODS * PERIOD_S + CLOCK_SKEW_S)
    if not began_at(shown.period) - around <= at < began_at(shown.period + 1) + around:
        raise CodeOutOfDate(seconds=int((at - began_at(shown.period)).total_seconds()))


def began_at(period: int) -> datetime:
    return datetime.fromtimestamp(period * PERIOD_S, UTC)
