"""The shapes of a callback: strings exactly as they were decoded, for signatures speak of bytes."""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from offers.model.google_errors import CallbackRefused

PROTOCOL: Final = "ECv2SigningOnly"
SIGNATURES_LIMIT: Final = 5
BODY_LIMIT_BYTES: Final = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """A callback as it came. `signed_key` and `signed_message` are JSON texts that must not be written anew."""

    signature: bytes
    signed_message: str
    signed_key: str
    key_signatures: tuple[bytes, ...]


def open_envelope(raw: bytes) -> Envelope:
    """Read a callback's body, passing over fields it does not know. Raises CallbackRefused."""
    body = read_json(raw)
    if body.get("protocolVersion") != PROTOCOL:
        raise CallbackRefused(reason="wrong_protocol")
    intermediate = body.get("intermediateSigningKey")
    if not isinstance(intermediate, dict):
        raise CallbackRefused(reason="malformed")
    signatures = intermediate.get("signatures")
    if not isinstance(signatures, list) or not 0 < len(signatures) <= SIGNATURES_LIMIT:
        raise CallbackRefused(reason="malformed")
    return Envelope(
        signature=decoded(body.get("signature")),
        signed_message=text_of(body, "signedMessage"),
        signed_key=text_of(intermediate, "signedKey"),
        key_signatures=tuple(decoded(each) for each in signatures),
    )


def read_json(raw: bytes | str) -> Mapping[str, Any]:
    """Read a JSON object. Raises CallbackRefused."""
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise CallbackRefused(reason="malformed") from error
    if not isinstance(body, dict):
        raise CallbackRefused(reason="malformed")
    return body


def text_of(body: Mapping[str, Any], name: str) -> str:
    """Give a text that has a form in UTF-8: half a surrogate pair has none."""
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise CallbackRefused(reason="malformed")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise CallbackRefused(reason="malformed") from error
    return value


def decoded(value: Any) -> bytes:
    """Read base64, and nothing but base64."""
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, TypeError, ValueError) as error:
        raise CallbackRefused(reason="malformed") from error


def instant_ms(value: Any) -> datetime:
    """Read milliseconds since 1970, which Google writes as a text."""
    try:
        return datetime.fromtimestamp(int(value) / 1000, UTC)
    except (TypeError, ValueError, OverflowError, OSError) as error:
        raise CallbackRefused(reason="malformed") from error
