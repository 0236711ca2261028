"""The little DER that a signature needs; values are built from the inside out."""

from datetime import UTC, datetime

SEQUENCE = 0x30
SET = 0x31
INTEGER = 0x02
OCTET_STRING = 0x04
CONTEXT_0 = 0xA0
UTC_TIME = 0x17
GENERALIZED_TIME = 0x18

_LONG_FORM = 0x80
# RFC 5652, 11.3: UTCTime until 2049, GeneralizedTime from 2050 on.
_LAST_UTC_TIME_YEAR = 2049


def encode(tag: int, *parts: bytes) -> bytes:
    """One value: tag, length in the shortest form, and the parts one after another."""
    content = b"".join(parts)
    length = len(content)
    if length < _LONG_FORM:
        return bytes((tag, length)) + content
    size = (length.bit_length() + 7) // 8
    return bytes((tag, _LONG_FORM | size)) + length.to_bytes(size, "big") + content


def encode_integer(number: int) -> bytes:
    """A non-negative integer; a leading zero keeps a high bit from reading as a sign."""
    return encode(INTEGER, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def encode_time(at: datetime) -> bytes:
    instant = at.astimezone(UTC)
    if instant.year <= _LAST_UTC_TIME_YEAR:
        return encode(UTC_TIME, instant.strftime("%y%m%d%H%M%SZ").encode())
    return encode(GENERALIZED_TIME, instant.strftime("%Y%m%d%H%M%SZ").encode())
