"""Identities: what the loader takes, and what the checker says about everything it should not."""

import json
import ssl
import string
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID

from certs.authority import wwdr_generation
from certs.check import check_google_file, check_pass_files, check_pass_material
from certs.dev import DEV_PASS_TYPE, DEV_TEAM, DevIdentities, DevIdentitiesExist, make_dev_identities
from certs.dev_chain import Authority, issue_pass_certificate, make_key, make_root, make_wwdr
from certs.files import PassFiles, PassMaterial, find_pass_files, shipped_wwdr
from certs.findings import MESSAGES, IdentityError, Level
from certs.identity import load_google_identity, load_pass_identity

NOW = datetime.now(UTC)
PEM = serialization.Encoding.PEM
PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wwdr() -> Authority:
    return make_wwdr(make_root(at=NOW), at=NOW)


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return make_key()


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


# What is right


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


# What is wrong with a certificate


def test_another_pass_type_and_another_team_are_errors(wwdr: Authority, key: rsa.RSAPrivateKey) -> None:
    codes = found(leaf(wwdr, key), key, wwdr.certificate, pass_type="pass.b", team="OTHER")

    assert codes["pass_type_mismatch"] is Level.ERROR
    assert codes["team_mismatch"] is Level.ERROR


def test_a_key_of_another_certificate_is_an_error(wwdr: Authority, key: rsa.RSAPrivateKey) -> None:
    assert found(leaf(wwdr, key), make_key(), wwdr.certificate)["key_mismatch"] is Level.ERROR


@pytest.mark.parametrize(
    ("passed", "code", "level"),
    [
        (timedelta(days=-2), "not_yet_valid", Level.ERROR),
        (timedelta(days=1), "valid", Level.OK),
        (timedelta(days=366), "valid", Level.OK),
        (timedelta(days=368), "expires_soon", Level.WARNING),
        (timedelta(days=398), "expired", Level.ERROR),
    ],
)
def test_the_end_is_seen_coming(
    wwdr: Authority, key: rsa.RSAPrivateKey, passed: timedelta, code: str, level: Level
) -> None:
    assert found(leaf(wwdr, key), key, wwdr.certificate, at=NOW + passed)[code] is level


def test_an_intermediate_of_the_same_name_that_did_not_sign_is_an_error(
    wwdr: Authority, key: rsa.RSAPrivateKey
) -> None:
    namesake = make_wwdr(make_root(at=NOW), at=NOW)

    assert found(leaf(wwdr, key), key, namesake.certificate)["wwdr_not_issuer"] is Level.ERROR


def test_the_wrong_generation_is_an_error(wwdr: Authority, key: rsa.RSAPrivateKey) -> None:
    older = make_wwdr(make_root(at=NOW), at=NOW, generation="G3")

    assert found(leaf(wwdr, key), key, older.certificate)["wwdr_not_issuer"] is Level.ERROR


def test_an_expired_intermediate_is_an_error(key: rsa.RSAPrivateKey) -> None:
    old = NOW - timedelta(days=4000)
    wwdr = make_wwdr(make_root(at=old), at=old, generation="G1")

    assert found(leaf(wwdr, key), key, wwdr.certificate)["wwdr_expired"] is Level.ERROR


def test_a_certificate_that_wwdr_did_not_issue_is_an_error(key: rsa.RSAPrivateKey) -> None:
    root = make_root(at=NOW)

    assert found(leaf(root, key), key, root.certificate)["issuer_not_wwdr"] is Level.ERROR


def test_another_pass_type_in_apples_extension_is_an_error(wwdr: Authority, key: rsa.RSAPrivateKey) -> None:
    certificate = leaf(wwdr, key, extension_identifier="pass.else")

    assert found(certificate, key, wwdr.certificate)["extension_mismatch"] is Level.ERROR


def test_a_certificate_that_may_not_sign_passes_is_an_error(wwdr: Authority, key: rsa.RSAPrivateKey) -> None:
    certificate = leaf(wwdr, key, usages=(ExtendedKeyUsageOID.CLIENT_AUTH,))

    assert found(certificate, key, wwdr.certificate)["usage_missing"] is Level.ERROR


def test_keys_are_told_by_kind(wwdr: Authority, key: rsa.RSAPrivateKey) -> None:
    curve, short = ec.generate_private_key(ec.SECP256R1()), rsa.generate_private_key(65537, 1024)  # noqa: S505 -- to be refused
    certificate = leaf(wwdr, key)

    assert found(leaf(wwdr, curve), curve, wwdr.certificate)["key_accepted"] is Level.OK
    assert found(certificate, short, wwdr.certificate)["key_weak"] is Level.ERROR
    assert found(certificate, ed25519.Ed25519PrivateKey.generate(), wwdr.certificate)["key_unsupported"] is Level.ERROR


def test_the_loader_refuses_with_every_error_at_once(dev_identities: DevIdentities) -> None:
    with pytest.raises(IdentityError) as refusal:
        load_pass_identity(
            dev_identities.pass_files,
            at=NOW + timedelta(days=500),
            pass_type_identifier="pass.b",
            team_identifier="OTHER",
        )

    assert {finding.code for finding in refusal.value.findings} == {"pass_type_mismatch", "team_mismatch", "expired"}
    assert "pass.b" in str(refusal.value)


# What is wrong with a file


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


# Google


def test_a_service_account_is_loaded(dev_identities: DevIdentities) -> None:
    identity = load_google_identity(dev_identities.google_path)

    assert identity.client_email.endswith(".iam.gserviceaccount.com")
    assert identity.private_key.key_size == 2048
    assert identity.token_uri == "https://oauth2.googleapis.com/token"
    assert [finding.level for finding in check_google_file(dev_identities.google_path)] == [Level.OK]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"type": "authorized_user"}, "google_wrong_type"),
        ({"type": None}, "google_wrong_type"),
        ({"client_email": ""}, "google_fields_missing"),
        ({"token_uri": None}, "google_fields_missing"),
        ({"private_key": "-----BEGIN PRIVATE KEY-----\nnonsense\n"}, "google_key_malformed"),
        ({"private_key": 7}, "google_fields_missing"),
    ],
)
def test_what_is_wrong_with_a_service_account_is_named(
    dev_identities: DevIdentities, tmp_path: Path, change: dict[str, object], code: str
) -> None:
    document = json.loads(dev_identities.google_path.read_bytes())
    path = written(tmp_path, "google.json", json.dumps({**document, **change}))

    findings = check_google_file(path)

    assert [finding.code for finding in findings] == [code]
    assert findings[0].text
    with pytest.raises(IdentityError):
        load_google_identity(path)


@pytest.mark.parametrize("payload", [b"", b"[]", b"{", b"\xff\xfe", b"[" * 200_000, b"null"])
def test_what_is_no_json_object_is_named(tmp_path: Path, payload: bytes) -> None:
    path = written(tmp_path, "google.json", payload)

    assert [finding.code for finding in check_google_file(path)] == ["google_malformed"]


def test_a_token_address_without_tls_is_a_warning(dev_identities: DevIdentities, tmp_path: Path) -> None:
    document = json.loads(dev_identities.google_path.read_bytes())
    path = written(tmp_path, "google.json", json.dumps({**document, "token_uri": "http://127.0.0.1:9/token"}))

    assert [finding.code for finding in check_google_file(path)] == ["google_valid", "google_token_uri"]


# Making them


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


# What people read


def test_every_line_is_said_in_russian_with_the_same_holes() -> None:
    with (PROJECT / "locales" / "ru" / "certs.po").open("rb") as stream:
        russian = {message.id: message.string for message in read_po(stream) if message.id}

    assert set(russian) == set(MESSAGES.values())
    for english, translated in russian.items():
        assert holes(english) == holes(translated), english


def holes(line: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(line) if name}


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
