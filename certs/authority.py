"""What Apple's certificates look like: identifiers, names, and generations of WWDR."""

import re

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID, ObjectIdentifier

PASS_TYPE_EXTENSION = ObjectIdentifier("1.2.840.113635.100.6.1.16")
PASS_SIGNING_USAGE = ObjectIdentifier("1.2.840.113635.100.4.14")
WWDR_NAME = "Apple Worldwide Developer Relations Certification Authority"
# G2 alone carries its generation in the common name, and has it spelled differently.
WWDR_G2_NAME = "Apple Worldwide Developer Relations CA - G2"
# In the organisation: a common name has room for 64 characters, and WWDR's own fills them.
DEV_ORGANISATION = "Tessera (dev)"
WWDR_OF_PASSES = "G4"

_GENERATION = re.compile(r"G\d{1,2}")
_STRING_TAGS = frozenset({0x0C, 0x13, 0x16})
_SHORT_LENGTH = 0x80

SigningKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


def name_part(name: x509.Name, oid: ObjectIdentifier) -> str:
    """The first value of one attribute of a name, or an empty string."""
    found = name.get_attributes_for_oid(oid)
    return str(found[0].value) if found else ""


def common_name(name: x509.Name) -> str:
    return name_part(name, NameOID.COMMON_NAME) or name.rfc4514_string()


def wwdr_generation(name: x509.Name) -> str | None:
    """G1, G2, … of a WWDR authority's name; None when the name is not WWDR's."""
    common = name_part(name, NameOID.COMMON_NAME)
    if common == WWDR_G2_NAME:
        return "G2"
    if common != WWDR_NAME:
        return None
    unit = name_part(name, NameOID.ORGANIZATIONAL_UNIT_NAME)
    return unit if _GENERATION.fullmatch(unit) else "G1"


def is_development(name: x509.Name) -> bool:
    return name_part(name, NameOID.ORGANIZATION_NAME) == DEV_ORGANISATION


def issued_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Whether the issuer's key really signed the certificate, and the names agree."""
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def pass_type_extension(certificate: x509.Certificate) -> str | None:
    """The pass type in Apple's own extension (a DER string), or None when there is no such extension."""
    try:
        extension = certificate.extensions.get_extension_for_oid(PASS_TYPE_EXTENSION)
    except x509.ExtensionNotFound:
        return None
    raw = extension.value.public_bytes()
    if len(raw) > 1 and raw[0] in _STRING_TAGS and raw[1] < _SHORT_LENGTH:
        raw = raw[2:]
    return raw.decode("utf-8", "replace")


def may_sign_passes(certificate: x509.Certificate) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound:
        return False
    return PASS_SIGNING_USAGE in usage.value
