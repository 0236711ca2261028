"""Signatures: what openssl and the library say about our own CMS."""

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs7
from hypothesis import given, settings
from hypothesis import strategies as st

from certs.authority import SigningKey
from certs.dev import DevIdentities
from certs.dev_chain import issue_pass_certificate, make_root, make_wwdr
from certs.identity import PassIdentity
from wallet.apple.der import encode, encode_integer, encode_time
from wallet.apple.signer import PassSigner

MANIFEST = b'{\n  "pass.json": "da39a3ee5e6b4b0d3255bfef95601890afd80709"\r\n}\n'
OPTIONS = (
    pkcs7.PKCS7Options.DetachedSignature,
    pkcs7.PKCS7Options.Binary,
    pkcs7.PKCS7Options.NoCapabilities,
)


def openssl_verify(folder: Path, root: Path, content: bytes, signature: bytes) -> subprocess.CompletedProcess[bytes]:
    """What a phone does, as near as a shell comes to it: the detached signature over these very bytes."""
    (folder / "signature").write_bytes(signature)
    (folder / "manifest.json").write_bytes(content)
    command = "openssl smime -verify -binary -inform DER -in signature -content manifest.json -purpose any"
    return subprocess.run(
        [*command.split(), "-CAfile", str(root)], cwd=folder, capture_output=True, check=False, timeout=30
    )


def library_signature(identity: PassIdentity, content: bytes) -> bytes:
    return (
        pkcs7.PKCS7SignatureBuilder()
        .set_data(content)
        .add_signer(identity.certificate, identity.private_key, hashes.SHA256())
        .add_certificate(identity.wwdr)
        .sign(serialization.Encoding.DER, OPTIONS)
    )


def signing_time(signature: bytes) -> datetime:
    place = signature.index(bytes.fromhex("06092a864886f70d010905")) + 11
    assert signature[place : place + 2] == b"\x31\x0f", "a set of one UTCTime"
    return datetime.strptime(signature[place + 4 : place + 17].decode(), "%y%m%d%H%M%SZ").replace(tzinfo=UTC)


@pytest.fixture(scope="module")
def signer(pass_identity: PassIdentity) -> PassSigner:
    return PassSigner(pass_identity)


def test_openssl_accepts_the_signature_over_the_exact_bytes(
    signer: PassSigner, dev_identities: DevIdentities, tmp_path: Path
) -> None:
    signature = signer.sign(MANIFEST, at=datetime.now(UTC))

    seen = openssl_verify(tmp_path, dev_identities.root_path, MANIFEST, signature)

    assert seen.returncode == 0, seen.stderr
    assert seen.stdout == MANIFEST


def test_openssl_refuses_one_changed_byte(signer: PassSigner, dev_identities: DevIdentities, tmp_path: Path) -> None:
    signature = signer.sign(MANIFEST, at=datetime.now(UTC))

    seen = openssl_verify(tmp_path, dev_identities.root_path, MANIFEST.replace(b"da39", b"da38"), signature)

    assert seen.returncode != 0
    assert b"digest failure" in seen.stderr


def test_the_bytes_equal_those_of_the_library(signer: PassSigner, pass_identity: PassIdentity) -> None:
    expected = library_signature(pass_identity, MANIFEST)

    signature = signer.sign(MANIFEST, at=signing_time(expected))

    assert signature == expected


def test_the_signing_date_is_the_one_given(signer: PassSigner) -> None:
    at = datetime(2027, 5, 6, 7, 8, 9, tzinfo=UTC)

    assert signing_time(signer.sign(MANIFEST, at=at)) == at


def test_a_signing_date_in_another_zone_is_the_same_instant(signer: PassSigner) -> None:
    at = datetime.fromisoformat("2027-05-06T10:08:09+03:00")

    assert signing_time(signer.sign(MANIFEST, at=at)) == at


def test_leaf_and_intermediate_travel_inside(signer: PassSigner, pass_identity: PassIdentity) -> None:
    inside = pkcs7.load_der_pkcs7_certificates(signer.sign(MANIFEST, at=datetime.now(UTC)))

    assert set(inside) == {pass_identity.certificate, pass_identity.wwdr}


def test_an_elliptic_curve_key_signs_too(tmp_path: Path) -> None:
    at = datetime.now(UTC)
    root = make_root(at=at)
    wwdr = make_wwdr(root, at=at)
    key = ec.generate_private_key(ec.SECP256R1())
    identity = identity_of(
        issue_pass_certificate(wwdr, key, pass_type_identifier="pass.ec", team_identifier="T", at=at),
        key,
        wwdr.certificate,
    )
    root_path = tmp_path / "root.pem"
    root_path.write_bytes(root.certificate.public_bytes(serialization.Encoding.PEM))

    signature = PassSigner(identity).sign(MANIFEST, at=at)

    seen = openssl_verify(tmp_path, root_path, MANIFEST, signature)
    assert seen.returncode == 0, seen.stderr


def test_a_personalisation_token_is_signed_the_same_way(
    signer: PassSigner, dev_identities: DevIdentities, tmp_path: Path
) -> None:
    signature = signer.sign_token("tøken-1", at=datetime.now(UTC))

    seen = openssl_verify(tmp_path, dev_identities.root_path, "tøken-1".encode(), signature)
    assert seen.returncode == 0, seen.stderr


@given(st.binary(max_size=70_000))
@settings(max_examples=30, deadline=None)
def test_lengths_are_in_the_shortest_form(content: bytes) -> None:
    encoded = encode(0x04, content)

    head = encoded[: len(encoded) - len(content)]
    if len(content) < 128:
        assert head == bytes((4, len(content)))
    else:
        size = head[1] & 0x7F
        assert int.from_bytes(head[2:], "big") == len(content)
        assert head[2] != 0
        assert len(head) == 2 + size


@given(st.integers(0, 1 << 160))
def test_integers_never_read_as_negative(number: int) -> None:
    encoded = encode_integer(number)

    assert int.from_bytes(encoded[2:], "big", signed=True) == number


def test_a_time_after_2049_is_a_generalised_one() -> None:
    assert encode_time(datetime(2049, 12, 31, 23, 59, 59, tzinfo=UTC)) == b"\x17\x0d491231235959Z"
    assert encode_time(datetime(2049, 12, 31, 23, 59, 59, tzinfo=UTC) + timedelta(seconds=1)) == (
        b"\x18\x0f20500101000000Z"
    )


def identity_of(certificate: x509.Certificate, key: SigningKey, wwdr: x509.Certificate) -> PassIdentity:
    return PassIdentity(
        certificate=certificate,
        private_key=key,
        wwdr=wwdr,
        pass_type_identifier="pass.ec",
        team_identifier="T",
        not_after=certificate.not_valid_after_utc,
    )
