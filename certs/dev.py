"""Throw-away identities for development: Apple's chain, an APNs server, a Google service account."""

import hashlib
import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from certs.authority import SigningKey
from certs.dev_chain import issue_pass_certificate, issue_server_certificate, make_key, make_root, make_wwdr
from certs.files import PassFiles, find_google_file, find_pass_files

GOOGLE_TOKEN_URI = "https://oauth2.googleapis.com/token"  # noqa: S105 -- an address, not a password
DEV_PASS_TYPE = "pass.dev.tessera.card"  # noqa: S105 -- a pass is no password
DEV_TEAM = "TESSERADEV"

_PEM = serialization.Encoding.PEM


class DevIdentitiesExist(FileExistsError):
    """The folder already holds identities and nobody said to replace them."""

    def __init__(self, *, folder: Path, names: tuple[str, ...]) -> None:
        super().__init__(f"{folder} already holds {', '.join(names)}; pass force to replace them")
        self.folder = folder
        self.names = names


@dataclass(frozen=True, slots=True, kw_only=True)
class DevIdentities:
    """Where the throw-away files lie."""

    folder: Path

    @property
    def root_path(self) -> Path:
        """The authority that stand-ins' clients trust, and that signatures verify under."""
        return self.folder / "root.pem"

    @property
    def pass_files(self) -> PassFiles:
        return find_pass_files(self.folder)

    @property
    def google_path(self) -> Path:
        return find_google_file(self.folder)

    @property
    def server_certificate_path(self) -> Path:
        return self.folder / "apns-server.pem"

    @property
    def server_key_path(self) -> Path:
        return self.folder / "apns-server.key"


def make_dev_identities(
    folder: Path,
    *,
    at: datetime,
    pass_type_identifier: str = DEV_PASS_TYPE,
    team_identifier: str = DEV_TEAM,
    google_token_uri: str = GOOGLE_TOKEN_URI,
    force: bool = False,
) -> DevIdentities:
    """Write a whole set into the folder, keys readable by the owner alone.

    Raises DevIdentitiesExist when a file of the set is already there and `force` is not given. The keys
    of the root and of the intermediate are not kept: nothing more can be issued under them.
    """
    apple = _apple_files(at, pass_type_identifier, team_identifier)
    files = {**apple, "google.json": _service_account(google_token_uri)}
    if not force and (there := tuple(sorted(name for name in files if (folder / name).exists()))):
        raise DevIdentitiesExist(folder=folder, names=there)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, payload in files.items():
        _write(folder / name, payload, secret=name.endswith((".key", ".json")))
    # A real .p12 or .cer would win over the files just written.
    for name in ("pass.p12", "pass.cer", "wwdr.cer"):
        if force:
            (folder / name).unlink(missing_ok=True)
    return DevIdentities(folder=folder)


def _apple_files(at: datetime, pass_type_identifier: str, team_identifier: str) -> dict[str, bytes]:
    root = make_root(at=at)
    wwdr = make_wwdr(root, at=at)
    pass_key, server_key = make_key(), make_key()
    leaf = issue_pass_certificate(
        wwdr, pass_key, pass_type_identifier=pass_type_identifier, team_identifier=team_identifier, at=at
    )
    return {
        "root.pem": _pem(root.certificate),
        "wwdr.pem": _pem(wwdr.certificate),
        "pass.pem": _pem(leaf),
        "pass.key": _key_pem(pass_key),
        "apns-server.pem": _pem(issue_server_certificate(root, server_key, at=at)),
        "apns-server.key": _key_pem(server_key),
    }


def _service_account(token_uri: str) -> bytes:
    key = make_key()
    email = "tessera-dev@tessera-dev.iam.gserviceaccount.com"
    document = {
        "type": "service_account",
        "project_id": "tessera-dev",
        "private_key_id": _key_id(key),
        "private_key": _key_pem(key).decode(),
        "client_email": email,
        "client_id": "100000000000000000001",
        "auth_uri": "https://accounts.google.com/o/oauth2/auth",
        "token_uri": token_uri,
        "auth_provider_x509_cert_url": "https://www.googleapis.com/oauth2/v1/certs",
        "client_x509_cert_url": f"https://www.googleapis.com/robot/v1/metadata/x509/{quote(email, safe='')}",
        "universe_domain": "googleapis.com",
    }
    return json.dumps(document, indent=2).encode() + b"\n"


def _key_id(key: rsa.RSAPrivateKey) -> str:
    encoded = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(encoded).hexdigest()[:40]


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(_PEM)


def _key_pem(key: SigningKey) -> bytes:
    return key.private_bytes(_PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def _write(path: Path, payload: bytes, *, secret: bool) -> None:
    # Removed first: an older file may have a wider mode, or be a link to somewhere else.
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if secret else 0o644)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(payload)
