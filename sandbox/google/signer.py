"""Google's side of a callback: root keys, an intermediate key they sign, and messages it signs (ECv2SigningOnly)."""

import base64
import json
import struct
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

SENDER: Final = "GooglePayPasses"
PROTOCOL: Final = "ECv2SigningOnly"
ROOT_LIFE: Final = timedelta(days=365)
KEY_LIFE: Final = timedelta(days=7)


class CallbackSigner:
    """Holds the newest root key and the intermediate one; older roots stay published after a rotation."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._published: list[dict[str, str]] = []
        self.rotate_root()

    def rotate_root(self, *, life: timedelta = ROOT_LIFE, forget_older: bool = False) -> None:
        """Sign with a new root and a new intermediate key from now on."""
        if forget_older:
            self._published.clear()
        self._root = ec.generate_private_key(ec.SECP256R1())
        self._published.append(
            {
                "keyValue": written(self._root.public_key()),
                "protocolVersion": PROTOCOL,
                "keyExpiration": milliseconds(self._clock() + life),
            }
        )
        self.rotate_key()

    def rotate_key(self, *, life: timedelta = KEY_LIFE) -> None:
        """Sign with a new intermediate key from now on."""
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._signed_key = json.dumps(
            {"keyValue": written(self._key.public_key()), "keyExpiration": milliseconds(self._clock() + life)}
        )

    def document(self) -> dict[str, Any]:
        """Give what is published at `/gp/m/issuer/keys`, with a key of another protocol among ours, as Google has."""
        other = {"keyValue": written(ec.generate_private_key(ec.SECP256R1()).public_key()), "protocolVersion": "ECv1"}
        return {"keys": [other, *self._published]}

    def sign(self, message: Mapping[str, Any], *, issuer_id: str, readable: bool = False) -> dict[str, Any]:
        """Wrap a message for an issuer. `readable` leaves other alphabets as they are unescaped."""
        signed_message = json.dumps(message, ensure_ascii=not readable)
        return self.sign_text(signed_message, issuer_id=issuer_id)

    def sign_text(self, signed_message: str, *, issuer_id: str) -> dict[str, Any]:
        """Wrap a text exactly as it is."""
        key_signature = self._root.sign(_packed(SENDER, PROTOCOL, self._signed_key), ec.ECDSA(SHA256()))
        signature = self._key.sign(_packed(SENDER, issuer_id, PROTOCOL, signed_message), ec.ECDSA(SHA256()))
        return {
            "signature": base64.b64encode(signature).decode(),
            "intermediateSigningKey": {
                "signedKey": self._signed_key,
                "signatures": [base64.b64encode(key_signature).decode()],
            },
            "protocolVersion": PROTOCOL,
            "signedMessage": signed_message,
        }


def milliseconds(at: datetime) -> str:
    return str(int(at.timestamp() * 1000))


def written(key: ec.EllipticCurvePublicKey) -> str:
    return base64.b64encode(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


def _packed(*texts: str) -> bytes:
    return b"".join(struct.pack("<I", len(raw)) + raw for raw in (text.encode() for text in texts))
