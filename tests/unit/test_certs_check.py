"""What the checker says about a certificate that is not as it should be."""

import string
from datetime import timedelta
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from certs.dev import DevIdentities
from certs.dev_chain import Authority, make_key, make_root, make_wwdr
from certs.findings import MESSAGES, IdentityError, Level
from certs.identity import load_pass_identity
from tests.unit.identity_files import NOW, found, leaf

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wwdr() -> Authority:
    return make_wwdr(make_root(at=NOW), at=NOW)


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return make_key()


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


def test_every_line_is_said_in_russian_with_the_same_holes() -> None:
    with (PROJECT / "locales" / "ru" / "certs.po").open("rb") as stream:
        russian = {message.id: message.string for message in read_po(stream) if message.id}

    assert set(russian) == set(MESSAGES.values())
    for english, translated in russian.items():
        assert holes(english) == holes(translated), english


def holes(line: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(line) if name}
