"""Signs what phones check: the manifest of a pass, and personalisation tokens."""

import hashlib
from datetime import datetime

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from certs.authority import SigningKey
from certs.identity import PassIdentity
from wallet.apple.der import (
    CONTEXT_0,
    OCTET_STRING,
    SEQUENCE,
    SET,
    encode,
    encode_integer,
    encode_time,
)

_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
_DATA = bytes.fromhex("06092a864886f70d010701")
_CONTENT_TYPE = bytes.fromhex("06092a864886f70d010903")
_MESSAGE_DIGEST = bytes.fromhex("06092a864886f70d010904")
_SIGNING_TIME = bytes.fromhex("06092a864886f70d010905")
_NULL = bytes.fromhex("0500")
_SHA256 = encode(SEQUENCE, bytes.fromhex("0609608648016503040201"), _NULL)
_RSA_ENCRYPTION = encode(SEQUENCE, bytes.fromhex("06092a864886f70d010101"), _NULL)
_ECDSA_WITH_SHA256 = encode(SEQUENCE, bytes.fromhex("06082a8648ce3d040302"))
_VERSION_1 = encode_integer(1)


class PassSigner:
    """Detached CMS signatures (RFC 5652) under one pass identity.

    Written out here rather than left to `PKCS7SignatureBuilder` because the signing time is an argument, and
    because the parts that never change are encoded once: what is left per signature is one private-key
    operation. For RSA the bytes equal the builder's (Binary, DetachedSignature, NoCapabilities): a test
    compares them.
    """

    def __init__(self, identity: PassIdentity) -> None:
        self.identity = identity
        self._key = identity.private_key
        certificate = identity.certificate
        issuer_and_serial = encode(
            SEQUENCE, certificate.issuer.public_bytes(), encode_integer(certificate.serial_number)
        )
        self._signer_head = _VERSION_1 + issuer_and_serial + _SHA256
        self._signature_algorithm = _algorithm_of(self._key)
        self._content_type = encode(SEQUENCE, _CONTENT_TYPE, encode(SET, _DATA))
        der = serialization.Encoding.DER
        certificates = sorted((certificate.public_bytes(der), identity.wwdr.public_bytes(der)))
        self._head = _VERSION_1 + encode(SET, _SHA256) + encode(SEQUENCE, _DATA) + encode(CONTEXT_0, *certificates)

    def sign(self, content: bytes, *, at: datetime) -> bytes:
        """The DER signature over exactly these bytes; `at` becomes the signing date Wallet asks for."""
        # DER orders the members of a set by their encodings; one Android verifier insists.
        attributes = sorted(
            (
                self._content_type,
                encode(SEQUENCE, _SIGNING_TIME, encode(SET, encode_time(at))),
                encode(
                    SEQUENCE,
                    _MESSAGE_DIGEST,
                    encode(SET, encode(OCTET_STRING, hashlib.sha256(content).digest())),
                ),
            )
        )
        signature = self._sign_raw(encode(SET, *attributes))
        signer = encode(
            SEQUENCE,
            self._signer_head,
            encode(CONTEXT_0, *attributes),
            self._signature_algorithm,
            encode(OCTET_STRING, signature),
        )
        signed_data = encode(SEQUENCE, self._head, encode(SET, signer))
        return encode(SEQUENCE, _SIGNED_DATA, encode(CONTEXT_0, signed_data))

    def sign_token(self, token: str, *, at: datetime) -> bytes:
        """The answer to a personalisation request: the same signature over the token's bytes."""
        return self.sign(token.encode(), at=at)

    def _sign_raw(self, attributes: bytes) -> bytes:
        if isinstance(self._key, rsa.RSAPrivateKey):
            return self._key.sign(attributes, padding.PKCS1v15(), hashes.SHA256())
        return self._key.sign(attributes, ec.ECDSA(hashes.SHA256()))


def _algorithm_of(key: SigningKey) -> bytes:
    return _RSA_ENCRYPTION if isinstance(key, rsa.RSAPrivateKey) else _ECDSA_WITH_SHA256
