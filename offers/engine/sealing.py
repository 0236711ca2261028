"""Sealing what waits in the database and must not be read there: AES-256-GCM under a key the database does not have."""

from base64 import b64decode, b64encode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from offers.model.ids import Chance

NONCE_BYTES = 12


def seal(text: str, key: bytes, *, bound_to: str, chance: Chance) -> str:
    """Seal a text for one purpose: `bound_to` has to be said again to open it. The key has 32 bytes."""
    nonce = chance(NONCE_BYTES)
    return b64encode(nonce + AESGCM(key).encrypt(nonce, text.encode(), bound_to.encode())).decode()


def unseal(sealed: str, key: bytes, *, bound_to: str) -> str:
    """Open a sealed text. Raises ValueError when it was sealed otherwise or tampered with."""
    content = b64decode(sealed, validate=True)
    try:
        return AESGCM(key).decrypt(content[:NONCE_BYTES], content[NONCE_BYTES:], bound_to.encode()).decode()
    except InvalidTag as error:
        raise ValueError("not sealed by this key for this purpose") from error
