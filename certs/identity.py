"""The two identities Tessera signs with: Apple's Pass Type ID certificate and Google's service account."""

import secrets
import ssl
import tempfile
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from certs.authority import SigningKey, name_part
from certs.check import check_pass_material
from certs.files import PassFiles, read_pass_material
from certs.findings import IdentityError, Level, error
from certs.service_account import parse_google_key, read_google_document


@dataclass(frozen=True, slots=True, kw_only=True)
class PassIdentity:
    """A Pass Type ID certificate with its key, parsed once: parsing costs more than a hundred signatures."""

    certificate: x509.Certificate
    private_key: SigningKey = field(repr=False)
    wwdr: x509.Certificate
    pass_type_identifier: str
    team_identifier: str
    not_after: datetime

    @property
    def chain_pem(self) -> bytes:
        """The certificate and its intermediate, in the order TLS sends them."""
        pem = serialization.Encoding.PEM
        return self.certificate.public_bytes(pem) + self.wwdr.public_bytes(pem)

    def client_context(self, trust_path: Path | None = None) -> ssl.SSLContext:
        """A TLS context that shows this certificate to APNs and offers HTTP/2 alone.

        `trust_path` names the authority of a stand-in; without it the system's authorities are trusted.
        """
        context = ssl.create_default_context(cafile=trust_path)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_alpn_protocols(["h2"])
        self._show_certificate(context)
        return context

    def _show_certificate(self, context: ssl.SSLContext) -> None:
        # The ssl module takes keys from files only, so the key passes through one, encrypted for the moment.
        passphrase = secrets.token_bytes(32).hex().encode()
        key_pem = self.private_key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(passphrase),
        )
        with tempfile.NamedTemporaryFile(prefix="tessera-", suffix=".pem") as file:
            file.write(self.chain_pem + key_pem)
            file.flush()
            context.load_cert_chain(file.name, password=passphrase)


@dataclass(frozen=True, slots=True, kw_only=True)
class GoogleIdentity:
    """A service account that signs tokens and save links."""

    client_email: str
    private_key: rsa.RSAPrivateKey = field(repr=False)
    private_key_id: str
    token_uri: str


def load_pass_identity(
    files: PassFiles,
    *,
    at: datetime,
    pass_type_identifier: str | None = None,
    team_identifier: str | None = None,
) -> PassIdentity:
    """Read and judge a pass identity; names that are None are taken from the certificate.

    Raises IdentityError with every finding that would make phones refuse the passes.
    """
    material = read_pass_material(files)
    findings = check_pass_material(
        material, pass_type_identifier=pass_type_identifier, team_identifier=team_identifier, at=at
    )
    if errors := [finding for finding in findings if finding.level is Level.ERROR]:
        raise IdentityError(*errors)
    private_key = material.private_key
    if not isinstance(private_key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise IdentityError(error("key_unsupported", kind=type(private_key).__name__))
    subject = material.certificate.subject
    return PassIdentity(
        certificate=material.certificate,
        private_key=private_key,
        wwdr=material.wwdr,
        pass_type_identifier=name_part(subject, NameOID.USER_ID),
        team_identifier=name_part(subject, NameOID.ORGANIZATIONAL_UNIT_NAME),
        not_after=material.certificate.not_valid_after_utc,
    )


def load_google_identity(path: Path) -> GoogleIdentity:
    """Read a service account's JSON key. Raises IdentityError when it is not one."""
    document = read_google_document(path)
    return GoogleIdentity(
        client_email=document["client_email"],
        private_key=parse_google_key(document["private_key"], path),
        private_key_id=document["private_key_id"],
        token_uri=document["token_uri"],
    )
