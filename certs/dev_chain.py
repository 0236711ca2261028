"""Certificates shaped like Apple's, under a root that nobody trusts."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from certs.authority import DEV_ORGANISATION, PASS_SIGNING_USAGE, PASS_TYPE_EXTENSION, WWDR_NAME, SigningKey

AUTHORITY_LIFETIME = timedelta(days=3650)
LEAF_LIFETIME = timedelta(days=397)
# Other machines' clocks may run behind: a certificate is good a day before it was made.
BACKDATED = timedelta(days=1)

Extension = tuple[x509.ExtensionType, bool]

_NAME_PARTS = {
    "CN": NameOID.COMMON_NAME,
    "OU": NameOID.ORGANIZATIONAL_UNIT_NAME,
    "O": NameOID.ORGANIZATION_NAME,
    "C": NameOID.COUNTRY_NAME,
    "UID": NameOID.USER_ID,
}
_UTF8_STRING_TAG = 0x0C
_COMMON_NAME_LIMIT = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """A certificate that may issue others, with its key."""

    certificate: x509.Certificate
    private_key: SigningKey


def make_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def make_root(*, at: datetime) -> Authority:
    key = make_key()
    name = _name(CN="Tessera Root CA", O=DEV_ORGANISATION)
    certificate = _issue(
        name, key, issuer=None, at=at, lifetime=AUTHORITY_LIFETIME, extensions=_authority_extensions(1)
    )
    return Authority(certificate=certificate, private_key=key)


def make_wwdr(root: Authority, *, at: datetime, generation: str = "G4") -> Authority:
    key = make_key()
    name = _name(CN=WWDR_NAME, OU=generation, O=DEV_ORGANISATION, C="US")
    certificate = _issue(
        name, key, issuer=root, at=at, lifetime=AUTHORITY_LIFETIME, extensions=_authority_extensions(0)
    )
    return Authority(certificate=certificate, private_key=key)


def issue_pass_certificate(
    wwdr: Authority,
    key: SigningKey,
    *,
    pass_type_identifier: str,
    team_identifier: str,
    at: datetime,
    usages: Sequence[ObjectIdentifier] = (ExtendedKeyUsageOID.CLIENT_AUTH, PASS_SIGNING_USAGE),
    extension_identifier: str | None = None,
) -> x509.Certificate:
    """A Pass Type ID certificate; other usages or another extension make a wrong one, to be refused."""
    marked = (extension_identifier or pass_type_identifier).encode()
    extensions: list[Extension] = [
        (_signature_usage(), True),
        (x509.ExtendedKeyUsage(usages), False),
        (
            x509.UnrecognizedExtension(PASS_TYPE_EXTENSION, bytes((_UTF8_STRING_TAG, len(marked))) + marked),
            False,
        ),
    ]
    name = _name(
        UID=pass_type_identifier,
        CN=f"Pass Type ID: {pass_type_identifier}"[:_COMMON_NAME_LIMIT],
        OU=team_identifier,
        O=DEV_ORGANISATION,
        C="US",
    )
    return _issue(name, key, issuer=wwdr, at=at, lifetime=LEAF_LIFETIME, extensions=extensions)


def issue_server_certificate(root: Authority, key: SigningKey, *, at: datetime) -> x509.Certificate:
    """A TLS server certificate for this machine alone."""
    places = (x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
    extensions: list[Extension] = [
        (_signature_usage(), True),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False),
        (x509.SubjectAlternativeName(places), False),
    ]
    name = _name(CN="localhost", O=DEV_ORGANISATION)
    return _issue(name, key, issuer=root, at=at, lifetime=LEAF_LIFETIME, extensions=extensions)


def _issue(
    subject: x509.Name,
    key: SigningKey,
    *,
    issuer: Authority | None,
    at: datetime,
    lifetime: timedelta,
    extensions: Sequence[Extension],
) -> x509.Certificate:
    signing_key = issuer.private_key if issuer else key
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - BACKDATED)
        .not_valid_after(at + lifetime)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing_key.public_key()), critical=False)
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    return builder.sign(signing_key, hashes.SHA256())


def _authority_extensions(path_length: int) -> tuple[Extension, ...]:
    return (
        (x509.BasicConstraints(ca=True, path_length=path_length), True),
        (_usage(certificates=True), True),
    )


def _signature_usage() -> x509.KeyUsage:
    return _usage(certificates=False)


def _usage(*, certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certificates,
        crl_sign=certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _name(**parts: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(_NAME_PARTS[part], value) for part, value in parts.items()])
