"""Reading an identity's files: PEM, DER and .p12, each refusal said as a finding."""

from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import pkcs12

from certs.authority import issued_by
from certs.findings import IdentityError, error

SHIPPED_WWDR_PATH = Path(__file__).with_name("AppleWWDRCAG4.pem")
FILE_LIMIT_BYTES = 1 << 20

_PEM_MARK = b"-----BEGIN"


@dataclass(frozen=True, slots=True, kw_only=True)
class PassFiles:
    """Where a pass identity lies: a certificate with its key, or one .p12 that holds both."""

    certificate_path: Path
    key_path: Path | None = None
    wwdr_path: Path | None = None
    passphrase: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PassMaterial:
    """What the files hold, parsed and not yet judged."""

    certificate: x509.Certificate
    private_key: PrivateKeyTypes = field(repr=False)
    wwdr: x509.Certificate


def find_pass_files(folder: Path, *, passphrase: str | None = None) -> PassFiles:
    """A folder's files by name: `pass.p12`, or `pass.pem`/`.cer` with `pass.key`; then `wwdr.pem`/`.cer`."""
    bundle = folder / "pass.p12"
    wwdr_path = next((path for path in (folder / "wwdr.pem", folder / "wwdr.cer") if path.exists()), None)
    if bundle.exists():
        return PassFiles(certificate_path=bundle, wwdr_path=wwdr_path, passphrase=passphrase)
    downloaded = folder / "pass.cer"
    return PassFiles(
        certificate_path=downloaded if downloaded.exists() else folder / "pass.pem",
        key_path=folder / "pass.key",
        wwdr_path=wwdr_path,
        passphrase=passphrase,
    )


def shipped_wwdr() -> x509.Certificate:
    """Apple's WWDR G4, the issuer of pass certificates, as published."""
    return read_certificates(SHIPPED_WWDR_PATH)[0]


def find_google_file(folder: Path) -> Path:
    return folder / "google.json"


def read_file(path: Path) -> bytes:
    """The bytes of a small file. Raises IdentityError when it is missing, unreadable or absurdly large."""
    try:
        with path.open("rb") as stream:
            payload = stream.read(FILE_LIMIT_BYTES + 1)
    except FileNotFoundError:
        raise IdentityError(error("file_missing", path=str(path))) from None
    except OSError as reason:
        raise IdentityError(error("file_unreadable", path=str(path), reason=str(reason.strerror))) from reason
    if len(payload) > FILE_LIMIT_BYTES:
        raise IdentityError(error("file_too_large", path=str(path), limit=str(FILE_LIMIT_BYTES)))
    return payload


def read_certificates(path: Path) -> list[x509.Certificate]:
    """Every certificate of a PEM file, or the one of a DER file (`.cer` from Apple's portal)."""
    payload = read_file(path)
    try:
        if _PEM_MARK in payload:
            return x509.load_pem_x509_certificates(payload)
        return [x509.load_der_x509_certificate(payload)]
    except ValueError:
        raise IdentityError(error("certificate_malformed", path=str(path))) from None


def read_private_key(path: Path, passphrase: str | None) -> PrivateKeyTypes:
    """The private key of a PEM file; a passphrase that the key does not need is not held against it."""
    payload = read_file(path)
    secret = passphrase.encode() if passphrase else None
    try:
        if b"ENCRYPTED" not in payload:
            return serialization.load_pem_private_key(payload, None)
    except ValueError:
        raise IdentityError(error("key_malformed", path=str(path))) from None
    try:
        return serialization.load_pem_private_key(payload, secret)
    except (ValueError, TypeError):
        raise IdentityError(error("passphrase_wrong", path=str(path))) from None


def read_pass_material(files: PassFiles) -> PassMaterial:
    """Certificate, key and intermediate. Raises IdentityError at the first file that cannot be read.

    An intermediate inside the .p12 or behind the certificate in its PEM file is used when it issued the
    certificate and no file is named for it; otherwise the WWDR G4 that Tessera ships.
    """
    if files.certificate_path.suffix.lower() in {".p12", ".pfx"}:
        certificate, private_key, others = _read_bundle(files.certificate_path, files.passphrase)
    else:
        certificate, *others = read_certificates(files.certificate_path)
        if files.key_path is None:
            raise IdentityError(error("key_missing", path=str(files.certificate_path)))
        private_key = read_private_key(files.key_path, files.passphrase)
    if files.wwdr_path is not None:
        wwdr = read_certificates(files.wwdr_path)[0]
    else:
        wwdr = next((other for other in others if issued_by(certificate, other)), None) or shipped_wwdr()
    return PassMaterial(certificate=certificate, private_key=private_key, wwdr=wwdr)


def _read_bundle(
    path: Path, passphrase: str | None
) -> tuple[x509.Certificate, PrivateKeyTypes, list[x509.Certificate]]:
    payload = read_file(path)
    secret = passphrase.encode() if passphrase else None
    try:
        private_key, certificate, others = pkcs12.load_key_and_certificates(payload, secret)
    except (ValueError, TypeError):
        raise IdentityError(error("passphrase_wrong", path=str(path))) from None
    if certificate is None:
        raise IdentityError(error("certificate_malformed", path=str(path)))
    if private_key is None:
        raise IdentityError(error("key_missing", path=str(path)))
    return certificate, private_key, others
