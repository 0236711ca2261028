"""Who signed a pass, and whether this phone believes them: leaf, WWDR, trusted root."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.x509.oid import NameOID

from certs.authority import common_name, issued_by, may_sign_passes, name_part, wwdr_generation
from sandbox.phone.refusals import PassRefused
from sandbox.phone.signature import Signature

CLOCK_LEEWAY: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """The names on the checked chain, for a person to read."""

    pass_type: str
    team: str
    name: str
    intermediate: str
    root: str
    signed_at: datetime


@dataclass(frozen=True, slots=True)
class TrustStore:
    """The authorities a phone came with."""

    roots: Sequence[x509.Certificate]

    @classmethod
    def load(cls, path: Path) -> "TrustStore":
        return cls(x509.load_pem_x509_certificates(path.read_bytes()))

    def judge(self, signature: Signature, *, at: datetime) -> Signer:
        """Follow the chain to a root. Raises PassRefused at the first link that does not hold."""
        leaf = signature.signer
        wwdr = _issuer_of(leaf, signature.certificates)
        root = next((root for root in self.roots if issued_by(wwdr, root)), None)
        if root is None or not _may_issue(wwdr):
            raise PassRefused("chain_untrusted")
        if not may_sign_passes(leaf):
            raise PassRefused("not_for_passes")
        if signature.signed_at > at + CLOCK_LEEWAY:
            raise PassRefused("signed_in_future")
        # A pass outlives the certificate that signed it: what counts is the day of the signature.
        for certificate in (leaf, wwdr, root):
            _check_dates(certificate, signature.signed_at)
        return Signer(
            pass_type=name_part(leaf.subject, NameOID.USER_ID),
            team=name_part(leaf.subject, NameOID.ORGANIZATIONAL_UNIT_NAME),
            name=common_name(leaf.subject),
            intermediate=f"WWDR {wwdr_generation(wwdr.subject)}",
            root=common_name(root.subject),
            signed_at=signature.signed_at,
        )


def _issuer_of(leaf: x509.Certificate, certificates: Sequence[x509.Certificate]) -> x509.Certificate:
    for certificate in certificates:
        if wwdr_generation(certificate.subject) is not None and issued_by(leaf, certificate):
            return certificate
    raise PassRefused("intermediate_missing")


def _may_issue(certificate: x509.Certificate) -> bool:
    try:
        return bool(certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca)
    except (x509.ExtensionNotFound, ValueError, InvalidSignature):
        return False


def _check_dates(certificate: x509.Certificate, at: datetime) -> None:
    # The signing date has whole seconds, the certificate's edges may fall inside one.
    if not certificate.not_valid_before_utc - timedelta(seconds=1) <= at <= certificate.not_valid_after_utc:
        raise PassRefused("certificate_expired", name=common_name(certificate.subject), day=f"{at:%Y-%m-%d}")
