"""Reads and checks the detached CMS signature of a pass (RFC 5652), apart from the code that makes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from sandbox.phone import der
from sandbox.phone.der import DerError, Element
from sandbox.phone.refusals import PassRefused

_SIGNED_DATA: Final = bytes.fromhex("2a864886f70d010702")
_DATA: Final = bytes.fromhex("2a864886f70d010701")
_CONTENT_TYPE: Final = bytes.fromhex("2a864886f70d010903")
_MESSAGE_DIGEST: Final = bytes.fromhex("2a864886f70d010904")
_SIGNING_TIME: Final = bytes.fromhex("2a864886f70d010905")
_DIGESTS: Final[dict[bytes, type[hashes.HashAlgorithm]]] = {
    bytes.fromhex("608648016503040201"): hashes.SHA256,
    bytes.fromhex("608648016503040202"): hashes.SHA384,
    bytes.fromhex("608648016503040203"): hashes.SHA512,
    bytes.fromhex("2b0e03021a"): hashes.SHA1,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A signature that matches its bytes. Whether the certificates are worth anything is judged elsewhere."""

    signer: x509.Certificate
    certificates: Sequence[x509.Certificate]
    signed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _SignerInfo:
    issuer: bytes
    serial: int
    digest: type[hashes.HashAlgorithm]
    attributes: Element
    signature: bytes


def read_signature(payload: bytes, signed: bytes) -> Signature:
    """Check a signature over exactly these bytes. Raises PassRefused."""
    try:
        certificates, info = _parse(payload)
        attributes = _attributes(info)
        signed_at = _signed_at(attributes)
    except (DerError, IndexError) as error:
        raise PassRefused("signature_unreadable", problem=str(error) or "a part is missing") from error
    _check_order(info)
    if attributes.get(_CONTENT_TYPE, der.read(b"\x05\x00")).content != _DATA:
        raise PassRefused("signature_unreadable", problem="the signed content type is not data")
    digest = hashes.Hash(info.digest())
    digest.update(signed)
    if _MESSAGE_DIGEST not in attributes or attributes[_MESSAGE_DIGEST].content != digest.finalize():
        raise PassRefused("digest_mismatch")
    signer = _signer(certificates, info)
    _check_key(signer, info)
    return Signature(signer=signer, certificates=certificates, signed_at=signed_at)


def _parse(payload: bytes) -> tuple[list[x509.Certificate], _SignerInfo]:
    kind, wrapped = der.read(payload).expect(der.SEQUENCE).children()[:2]
    if kind.expect(der.OBJECT_IDENTIFIER).content != _SIGNED_DATA:
        raise DerError("not SignedData")
    parts = der.read(wrapped.expect(der.CONTEXT_0).content).expect(der.SEQUENCE).children()
    _, _, content, *rest = parts
    inner = content.expect(der.SEQUENCE).children()
    if len(inner) != 1 or inner[0].content != _DATA:
        raise DerError("the content is inside, not detached")
    certificates = [each for part in rest if part.tag == der.CONTEXT_0 for each in _certificates(part)]
    signers = rest[-1].expect(der.SET).children()
    if len(signers) != 1:
        raise DerError(f"{len(signers)} signers")
    return certificates, _signer_info(signers[0])


def _certificates(part: Element) -> list[x509.Certificate]:
    try:
        return [x509.load_der_x509_certificate(each.whole) for each in part.children()]
    except ValueError as error:
        raise DerError("a certificate cannot be read") from error


def _signer_info(element: Element) -> _SignerInfo:
    parts = element.expect(der.SEQUENCE).children()
    issuer, serial = parts[1].expect(der.SEQUENCE).children()
    digest = _DIGESTS.get(parts[2].children()[0].content)
    if digest is None:
        raise DerError("an unknown digest")
    return _SignerInfo(
        issuer=issuer.whole,
        serial=der.integer(serial),
        digest=digest,
        attributes=parts[3].expect(der.CONTEXT_0),
        signature=parts[5].expect(der.OCTET_STRING).content,
    )


def _attributes(info: _SignerInfo) -> dict[bytes, Element]:
    """Give the one value of every signed attribute, by the attribute's identifier."""
    found = {}
    for attribute in info.attributes.children():
        name, values = attribute.expect(der.SEQUENCE).children()
        found[name.expect(der.OBJECT_IDENTIFIER).content] = values.expect(der.SET).children()[0]
    return found


def _signed_at(attributes: dict[bytes, Element]) -> datetime:
    written = attributes.get(_SIGNING_TIME)
    if written is None:
        raise PassRefused("signing_time_missing")
    patterns = {der.UTC_TIME: "%y%m%d%H%M%SZ", der.GENERALIZED_TIME: "%Y%m%d%H%M%SZ"}
    try:
        return datetime.strptime(written.content.decode("ascii"), patterns[written.tag]).replace(tzinfo=UTC)
    except (KeyError, ValueError) as error:
        raise DerError("the signing date cannot be read") from error


def _check_order(info: _SignerInfo) -> None:
    written = [attribute.whole for attribute in info.attributes.children()]
    if written != sorted(written):
        raise PassRefused("attributes_unordered")


def _signer(certificates: Sequence[x509.Certificate], info: _SignerInfo) -> x509.Certificate:
    for certificate in certificates:
        if certificate.serial_number == info.serial and certificate.issuer.public_bytes() == info.issuer:
            return certificate
    raise PassRefused("signer_missing")


def _check_key(signer: x509.Certificate, info: _SignerInfo) -> None:
    # What was signed are the attributes under the tag of a SET, not under the one they travel with.
    signed = bytes((der.SET,)) + info.attributes.whole[1:]
    key = signer.public_key()
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(info.signature, signed, padding.PKCS1v15(), info.digest())
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(info.signature, signed, ec.ECDSA(info.digest()))
        else:
            raise PassRefused("signature_unreadable", problem="a key that is neither RSA nor EC")
    except InvalidSignature as error:
        raise PassRefused("signature_wrong") from error
