"""Identities: what the loader takes from files, what it refuses, and the throw-away ones."""

import ssl
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12

from certs.authority import wwdr_generation
from certs.check import check_pass_files
from certs.dev import DEV_PASS_TYPE, DEV_TEAM, DevIdentities, DevIdentitiesExist, make_dev_identities
from certs.files import PassFiles, find_pass_files, shipped_wwdr
from certs.findings import Level
from certs.identity import load_pass_identity
from tests.unit.identity_files import NOW, refusal_of, with_encrypted_key, written


def test_the_throw_away_chain_passes_with_the_word_that_it_is_one(dev_identities: DevIdentities) -> None:
    findings = check_pass_files(
        dev_identities.pass_files, pass_type_identifier=DEV_PASS_TYPE, team_identifier=DEV_TEAM, at=NOW
    )

    assert not [finding for finding in findings if finding.level is Level.ERROR]
    assert [finding.code for finding in findings if finding.level is Level.WARNING] == ["wwdr_development"]


def test_an_identity_knows_its_names_and_its_end(dev_identities: DevIdentities) -> None:
    identity = load_pass_identity(dev_identities.pass_files, at=NOW)

    assert identity.pass_type_identifier == DEV_PASS_TYPE
    assert identity.team_identifier == DEV_TEAM
    assert identity.not_after == identity.certificate.not_valid_after_utc
    assert "PRIVATE" not in repr(identity)


def test_an_encrypted_key_opens_with_its_passphrase(dev_identities: DevIdentities, tmp_path: Path) -> None:
    files = with_encrypted_key(dev_identities, tmp_path, passphrase="sesame")

    assert load_pass_identity(files, at=NOW).pass_type_identifier == DEV_PASS_TYPE


@pytest.mark.parametrize("passphrase", [None, "wrong"])
def test_an_encrypted_key_without_its_passphrase_is_named(
    dev_identities: DevIdentities, tmp_path: Path, passphrase: str | None
) -> None:
    files = with_encrypted_key(dev_identities, tmp_path, passphrase=passphrase)

    assert refusal_of(files) == ["passphrase_wrong"]


@pytest.mark.parametrize("passphrase", ["sesame", None])
def test_a_p12_holds_certificate_key_and_intermediate(
    dev_identities: DevIdentities, tmp_path: Path, passphrase: str | None
) -> None:
    identity = load_pass_identity(dev_identities.pass_files, at=NOW)
    how = serialization.BestAvailableEncryption(b"sesame") if passphrase else serialization.NoEncryption()
    bundle = pkcs12.serialize_key_and_certificates(
        b"pass", identity.private_key, identity.certificate, [identity.wwdr], how
    )
    written(tmp_path, "pass.p12", bundle)

    loaded = load_pass_identity(find_pass_files(tmp_path, passphrase=passphrase), at=NOW)

    assert loaded.certificate == identity.certificate
    assert loaded.wwdr == identity.wwdr


def test_a_p12_with_a_wrong_passphrase_is_named(dev_identities: DevIdentities, tmp_path: Path) -> None:
    identity = load_pass_identity(dev_identities.pass_files, at=NOW)
    bundle = pkcs12.serialize_key_and_certificates(
        None, identity.private_key, identity.certificate, None, serialization.BestAvailableEncryption(b"sesame")
    )
    written(tmp_path, "pass.p12", bundle)

    assert refusal_of(find_pass_files(tmp_path, passphrase="wrong")) == ["passphrase_wrong"]


def test_a_p12_without_a_key_is_named(dev_identities: DevIdentities, tmp_path: Path) -> None:
    identity = load_pass_identity(dev_identities.pass_files, at=NOW)
    bundle = pkcs12.serialize_key_and_certificates(None, None, identity.certificate, None, serialization.NoEncryption())
    written(tmp_path, "pass.p12", bundle)

    assert refusal_of(find_pass_files(tmp_path))[0] in {"key_missing", "certificate_malformed"}


def test_certificates_are_taken_in_der_as_apples_portal_gives_them(
    dev_identities: DevIdentities, tmp_path: Path
) -> None:
    identity = load_pass_identity(dev_identities.pass_files, at=NOW)
    der = serialization.Encoding.DER
    written(tmp_path, "pass.cer", identity.certificate.public_bytes(der))
    written(tmp_path, "wwdr.cer", identity.wwdr.public_bytes(der))
    written(tmp_path, "pass.key", (dev_identities.folder / "pass.key").read_bytes())

    assert load_pass_identity(find_pass_files(tmp_path), at=NOW).certificate == identity.certificate


def test_the_client_context_shows_the_certificate_and_asks_for_http2(dev_identities: DevIdentities) -> None:
    identity = load_pass_identity(dev_identities.pass_files, at=NOW)

    context = identity.client_context(dev_identities.root_path)

    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname


def test_the_shipped_intermediate_is_apples_g4() -> None:
    certificate = shipped_wwdr()

    assert wwdr_generation(certificate.subject) == "G4"
    assert f"{certificate.serial_number:X}" == "13DC77955271E53DC632E8CCFFE521F3CCC5CED2"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert refusal_of(find_pass_files(tmp_path)) == ["file_missing"]


def test_a_folder_in_place_of_a_file_is_named(tmp_path: Path) -> None:
    assert refusal_of(PassFiles(certificate_path=tmp_path, key_path=tmp_path)) == ["file_unreadable"]


def test_an_absurdly_large_file_is_named(tmp_path: Path) -> None:
    large = written(tmp_path, "large.pem", bytes(2 << 20))

    assert refusal_of(PassFiles(certificate_path=large, key_path=large)) == ["file_too_large"]


@pytest.mark.parametrize("payload", [b"", b"\x00\x01\x02", b"-----BEGIN CERTIFICATE-----\nnonsense", "привет".encode()])
def test_what_is_no_certificate_is_named(tmp_path: Path, payload: bytes) -> None:
    path = written(tmp_path, "pass.pem", payload)

    assert refusal_of(PassFiles(certificate_path=path, key_path=path)) == ["certificate_malformed"]


def test_a_certificate_in_place_of_the_key_is_named(dev_identities: DevIdentities) -> None:
    path = dev_identities.folder / "pass.pem"

    assert refusal_of(PassFiles(certificate_path=path, key_path=path)) == ["key_malformed"]


def test_a_certificate_without_any_key_is_named(dev_identities: DevIdentities) -> None:
    assert refusal_of(PassFiles(certificate_path=dev_identities.folder / "pass.pem")) == ["key_missing"]


def test_keys_are_for_their_owner_alone(dev_identities: DevIdentities) -> None:
    modes = {path.name: path.stat().st_mode & 0o777 for path in dev_identities.folder.iterdir()}

    assert {name for name, mode in modes.items() if mode == 0o600} == {"pass.key", "apns-server.key", "google.json"}
    assert all(mode in {0o600, 0o644} for mode in modes.values())


def test_what_is_there_is_kept_unless_forced(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    made = make_dev_identities(folder, at=NOW)
    before = made.pass_files.certificate_path.read_bytes()

    with pytest.raises(DevIdentitiesExist):
        make_dev_identities(folder, at=NOW)
    assert made.pass_files.certificate_path.read_bytes() == before

    make_dev_identities(folder, at=NOW, force=True, pass_type_identifier="pass.other", team_identifier="ABCDE12345")
    assert load_pass_identity(made.pass_files, at=NOW).pass_type_identifier == "pass.other"
