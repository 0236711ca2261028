"""Files and certificates to load and to judge."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from certs.check import check_pass_files, check_pass_material
from certs.dev import DevIdentities
from certs.dev_chain import Authority, issue_pass_certificate
from certs.files import PassFiles, PassMaterial
from certs.findings import IdentityError, Level
from certs.identity import load_pass_identity

NOW = datetime.now(UTC)
PEM = serialization.Encoding.PEM


def leaf(wwdr: Authority, key: rsa.RSAPrivateKey, **changed: object) -> x509.Certificate:
    arguments: dict[str, object] = {"pass_type_identifier": "pass.a", "team_identifier": "TEAM", "at": NOW}
    return issue_pass_certificate(wwdr, key, **{**arguments, **changed})


def found(
    certificate: x509.Certificate,
    key: object,
    wwdr: x509.Certificate,
    *,
    at: datetime = NOW,
    pass_type: str = "pass.a",  # noqa: S107 -- an identifier
    team: str = "TEAM",
) -> dict[str, Level]:
    material = PassMaterial(certificate=certificate, private_key=key, wwdr=wwdr)
    findings = check_pass_material(material, pass_type_identifier=pass_type, team_identifier=team, at=at)
    assert all(finding.text for finding in findings), "every line can be filled from its facts"
    return {finding.code: finding.level for finding in findings}


def written(folder: Path, name: str, payload: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(payload.encode() if isinstance(payload, str) else payload)
    return path


def refusal_of(files: PassFiles) -> list[str]:
    """The codes of the refusal, the same from the loader and from the checker."""
    with pytest.raises(IdentityError) as refusal:
        load_pass_identity(files, at=NOW)
    checked = check_pass_files(files, pass_type_identifier=None, team_identifier=None, at=NOW)
    assert checked == refusal.value.findings
    assert all(finding.text for finding in checked)
    return [finding.code for finding in checked]


def with_encrypted_key(identities: DevIdentities, folder: Path, *, passphrase: str | None) -> PassFiles:
    key = serialization.load_pem_private_key((identities.folder / "pass.key").read_bytes(), None)
    encrypted = key.private_bytes(
        PEM, serialization.PrivateFormat.PKCS8, serialization.BestAvailableEncryption(b"sesame")
    )
    return PassFiles(
        certificate_path=identities.folder / "pass.pem",
        key_path=written(folder, "pass.key", encrypted),
        wwdr_path=identities.folder / "wwdr.pem",
        passphrase=passphrase,
    )
