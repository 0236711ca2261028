"""ECv2SigningOnly, step by step: root keys sign an intermediate key, which signs the message.

https://developers.google.com/wallet/retail/loyalty-cards/use-cases/use-callbacks-for-saves-and-deletions
"""

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from offers.model.google_errors import CallbackRefused
from offers.model.google_holding import GoogleNews, GoogleVerb
from wallet.google.callback.envelope import PROTOCOL, Envelope, instant_ms, read_json, text_of

SENDER: Final = "GooglePayPasses"
NONCE_LIMIT_CHARS: Final = 256
SUFFIX_LIMIT_CHARS: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class RootKey:
    """One of Google's published keys, good until it expires."""

    public: ec.EllipticCurvePublicKey
    expires_at: datetime


def verify(envelope: Envelope, *, roots: Sequence[RootKey], issuer_id: str, at: datetime) -> GoogleNews | None:
    """Believe a callback or raise CallbackRefused. None: Google's, but of a kind this version does not know.

    `issuer_id` is ours, by our settings: taken from the message, it would prove nothing.
    """
    _check_key(envelope, [root for root in roots if at < root.expires_at])
    key = _intermediate(envelope.signed_key, at)
    signed = packed(SENDER, issuer_id, PROTOCOL, envelope.signed_message)
    if not _is_signed(key, envelope.signature, signed):
        raise CallbackRefused(reason="bad_signature")
    return _news(envelope.signed_message, issuer_id=issuer_id, at=at)


def packed(*texts: str) -> bytes:
    """Join texts, each behind its length in bytes as four bytes, the lowest first."""
    return b"".join(len(raw).to_bytes(4, "little") + raw for raw in (text.encode() for text in texts))


def public_key(written: str) -> ec.EllipticCurvePublicKey:
    """Read a P-256 key from base64 of its SubjectPublicKeyInfo. Raises CallbackRefused."""
    try:
        key = load_der_public_key(base64.b64decode(written, validate=True))
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise CallbackRefused(reason="bad_key") from error
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise CallbackRefused(reason="bad_key")
    return key


def _check_key(envelope: Envelope, roots: Iterable[RootKey]) -> None:
    signed = packed(SENDER, PROTOCOL, envelope.signed_key)
    for root in roots:
        if any(_is_signed(root.public, signature, signed) for signature in envelope.key_signatures):
            return
    raise CallbackRefused(reason="unknown_key")


def _intermediate(signed_key: str, at: datetime) -> ec.EllipticCurvePublicKey:
    body = read_json(signed_key)
    if at >= instant_ms(body.get("keyExpiration")):
        raise CallbackRefused(reason="key_expired")
    return public_key(text_of(body, "keyValue"))


def _news(signed_message: str, *, issuer_id: str, at: datetime) -> GoogleNews | None:
    message = read_json(signed_message)
    expires_at = instant_ms(message.get("expTimeMillis"))
    if at >= expires_at:
        raise CallbackRefused(reason="expired")
    _suffix(message.get("classId"), issuer_id)
    suffix = _suffix(message.get("objectId"), issuer_id)
    nonce = text_of(message, "nonce")
    if len(nonce) > NONCE_LIMIT_CHARS:
        raise CallbackRefused(reason="malformed")
    try:
        verb = GoogleVerb(text_of(message, "eventType").lower())
    except ValueError:
        return None
    return GoogleNews(nonce=nonce, verb=verb, object_suffix=suffix, expires_at=expires_at)


def _suffix(resource_id: object, issuer_id: str) -> str:
    """Give what stands behind our issuer in an id."""
    issuer, _, suffix = str(resource_id).partition(".")
    if issuer != issuer_id:
        raise CallbackRefused(reason="wrong_issuer")
    if not 0 < len(suffix) <= SUFFIX_LIMIT_CHARS:
        raise CallbackRefused(reason="malformed")
    return suffix


def _is_signed(key: ec.EllipticCurvePublicKey, signature: bytes, signed: bytes) -> bool:
    try:
        key.verify(signature, signed, ec.ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True
