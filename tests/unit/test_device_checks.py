"""What a phone looks at before it takes a pass: everything that is wrong is refused, each with its own reason."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given
from hypothesis import strategies as st

from certs.dev import DevIdentities
from certs.dev_chain import Authority, issue_pass_certificate, make_key, make_root, make_wwdr
from certs.identity import PassIdentity
from sandbox.phone.chain import TrustStore
from sandbox.phone.opened import open_pass
from sandbox.phone.refusals import REASONS, PassRefused
from tests.passes import PNG, Check, document_of, files_of, pack, refusal, unzipped, zipped
from wallet.apple import signer as signer_module
from wallet.apple.signer import PassSigner

NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture(scope="module")
def signer(pass_identity: PassIdentity) -> PassSigner:
    return PassSigner(pass_identity)


@pytest.fixture(scope="module")
def check(dev_identities: DevIdentities) -> Check:
    trust = TrustStore.load(dev_identities.root_path)
    return lambda payload: open_pass(payload, trust, at=NOW)


@pytest.fixture(scope="module")
def good(signer: PassSigner, pass_identity: PassIdentity) -> bytes:
    return pack(files_of(document_of(pass_identity)), signer, NOW)


@pytest.fixture(scope="module")
def chain() -> tuple[Authority, Authority]:
    """Another root and another WWDR, for certificates of our own making."""
    root = make_root(at=NOW)
    return root, make_wwdr(root, at=NOW)


def identity_under(chain: tuple[Authority, Authority], like: PassIdentity, **wishes: Any) -> PassIdentity:
    key = wishes.pop("key", None) or make_key()
    certificate = issue_pass_certificate(
        chain[1],
        key,
        pass_type_identifier=like.pass_type_identifier,
        team_identifier=like.team_identifier,
        at=wishes.pop("at", NOW),
        **wishes,
    )
    return replace(like, certificate=certificate, private_key=key, wwdr=chain[1].certificate)


def test_a_good_pass_is_taken_with_the_names_of_its_signer(
    check: Check, good: bytes, pass_identity: PassIdentity
) -> None:
    opened = check(good)

    assert opened.signer.pass_type == pass_identity.pass_type_identifier
    assert (opened.signer.intermediate, opened.signer.root) == ("WWDR G4", "Tessera Root CA")
    assert opened.signer.signed_at == NOW
    assert opened.organisation("ru") == "Кофейня"
    assert opened.organisation("en") == "Coffee house"
    assert opened.image("strip") == PNG


def test_an_elliptic_key_signs_as_well(chain: tuple[Authority, Authority], pass_identity: PassIdentity) -> None:
    identity = identity_under(chain, pass_identity, key=ec.generate_private_key(ec.SECP256R1()))
    payload = pack(files_of(document_of(identity)), PassSigner(identity), NOW)

    opened = open_pass(payload, TrustStore([chain[0].certificate]), at=NOW)

    assert opened.signer.team == pass_identity.team_identifier


def test_a_signature_of_the_librarys_builder_is_taken(
    good: bytes, dev_identities: DevIdentities, pass_identity: PassIdentity
) -> None:
    trust = TrustStore.load(dev_identities.root_path)
    files = unzipped(good)
    builder = pkcs7.PKCS7SignatureBuilder().set_data(files["manifest.json"])
    builder = builder.add_signer(pass_identity.certificate, pass_identity.private_key, SHA256())
    files["signature"] = builder.add_certificate(pass_identity.wwdr).sign(
        serialization.Encoding.DER, [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary]
    )

    opened = open_pass(zipped(files), trust, at=datetime.now(UTC))  # the builder signs with its own clock

    assert opened.signer.intermediate == "WWDR G4"


@given(st.data())
def test_no_flipped_byte_changes_what_the_phone_shows(check: Check, good: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(good) - 1))
    flipped = bytearray(good)
    flipped[at] ^= 1 << data.draw(st.integers(0, 7))

    try:
        opened = check(bytes(flipped))
    except PassRefused:
        return
    assert opened.files == check(good).files


def test_what_is_no_archive_is_refused(check: Check, good: bytes) -> None:
    assert refusal(check, b"hello").code == "not_a_zip"
    assert refusal(check, good[: len(good) // 2]).code == "not_a_zip"


def test_an_archive_that_is_not_flat_is_refused(check: Check, signer: PassSigner, pass_identity: PassIdentity) -> None:
    files = files_of(document_of(pass_identity))

    assert refusal(check, pack(files, signer, NOW, folder="card/")).code == "wrapped"
    for name in ("../pass.strings", "__MACOSX/pass", ".DS_Store", "a/b/c.png", "card/"):
        assert refusal(check, pack({**files, name: b""}, signer, NOW)).code == "zip_entry"


def test_an_archive_that_swells_is_refused_before_it_is_unpacked(check: Check, good: bytes) -> None:
    bomb = zipped({**unzipped(good), "big.png": bytes(70 * 1024 * 1024)})

    assert len(bomb) < 200_000
    assert refusal(check, bomb).code == "zip_too_large"


@pytest.mark.parametrize("name", ["pass.json", "manifest.json", "signature"])
def test_a_package_without_its_parts_is_refused(check: Check, good: bytes, name: str) -> None:
    files = unzipped(good)
    del files[name]

    found = refusal(check, zipped(files))

    assert (found.code, found.facts) == ("file_missing", {"name": name})


def test_every_file_must_be_in_the_manifest_with_its_own_hash(check: Check, good: bytes) -> None:
    files = unzipped(good)
    without = {name: payload for name, payload in files.items() if name != "icon.png"}

    assert refusal(check, zipped({**files, "logo.png": PNG})).code == "not_in_manifest"
    assert refusal(check, zipped(without)).code == "listed_but_missing"
    found = refusal(check, zipped({**files, "icon.png": PNG + b"!"}))
    assert (found.code, found.facts) == ("hash_mismatch", {"name": "icon.png"})
    for manifest in (b"[]", b"{", b'{"icon.png": 5}', b'{"icon.png": "abc"}'):
        assert refusal(check, zipped({**files, "manifest.json": manifest})).code == "manifest_unreadable"


def test_a_manifest_changed_after_signing_is_refused(check: Check, good: bytes) -> None:
    files = unzipped(good)

    found = refusal(check, zipped({**files, "manifest.json": files["manifest.json"] + b"\n"}))

    assert found.code == "digest_mismatch"


def test_a_signature_that_cannot_be_read_is_refused(check: Check, good: bytes) -> None:
    files = unzipped(good)

    for signature in (b"", b"hello", files["signature"][:-1], files["signature"] + b"\0", b"\x30\x80\0\0"):
        assert refusal(check, zipped({**files, "signature": signature})).code == "signature_unreadable"


def test_a_signature_without_its_date_is_refused(
    check: Check, good: bytes, signer: PassSigner, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = unzipped(good)
    monkeypatch.setattr(signer_module, "_SIGNING_TIME", bytes.fromhex("06092a864886f70d010963"))
    files["signature"] = signer.sign(files["manifest.json"], at=NOW)

    assert refusal(check, zipped(files)).code == "signing_time_missing"


def test_attributes_out_of_order_are_refused(
    check: Check, good: bytes, signer: PassSigner, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = unzipped(good)
    monkeypatch.setattr(signer_module, "sorted", lambda parts: sorted(parts, reverse=True), raising=False)
    files["signature"] = signer.sign(files["manifest.json"], at=NOW)

    assert refusal(check, zipped(files)).code == "attributes_unordered"


def test_a_signature_of_another_key_is_refused(check: Check, good: bytes, pass_identity: PassIdentity) -> None:
    files = unzipped(good)
    impostor = PassSigner(replace(pass_identity, private_key=make_key()))
    files["signature"] = impostor.sign(files["manifest.json"], at=NOW)

    assert refusal(check, zipped(files)).code == "signature_wrong"


def test_a_chain_to_a_strange_root_is_refused(
    check: Check, chain: tuple[Authority, Authority], pass_identity: PassIdentity
) -> None:
    identity = identity_under(chain, pass_identity)
    payload = pack(files_of(document_of(identity)), PassSigner(identity), NOW)

    assert refusal(check, payload).code == "chain_untrusted"


def test_a_signature_without_the_intermediate_is_refused(check: Check, pass_identity: PassIdentity) -> None:
    bare = PassSigner(replace(pass_identity, wwdr=pass_identity.certificate))

    found = refusal(check, pack(files_of(document_of(pass_identity)), bare, NOW))

    assert found.code == "intermediate_missing"


def test_a_certificate_for_something_else_is_refused(
    chain: tuple[Authority, Authority], pass_identity: PassIdentity
) -> None:
    identity = identity_under(chain, pass_identity, usages=[ExtendedKeyUsageOID.CLIENT_AUTH])
    payload = pack(files_of(document_of(identity)), PassSigner(identity), NOW)

    with pytest.raises(PassRefused) as refused:
        open_pass(payload, TrustStore([chain[0].certificate]), at=NOW)

    assert refused.value.code == "not_for_passes"


def test_the_date_of_the_signature_must_lie_in_the_certificates_life(
    check: Check, signer: PassSigner, pass_identity: PassIdentity
) -> None:
    files = files_of(document_of(pass_identity))

    assert refusal(check, pack(files, signer, NOW - timedelta(days=3))).code == "certificate_expired"
    assert refusal(check, pack(files, signer, NOW + timedelta(minutes=6))).code == "signed_in_future"


def test_a_pass_outlives_the_certificate_that_signed_it(good: bytes, dev_identities: DevIdentities) -> None:
    opened = open_pass(good, TrustStore.load(dev_identities.root_path), at=NOW + timedelta(days=800))

    assert opened.signer.signed_at == NOW


def test_the_pass_must_say_what_its_certificate_says(
    check: Check, signer: PassSigner, pass_identity: PassIdentity
) -> None:
    other_type = document_of(pass_identity, passTypeIdentifier="pass.somebody.else")
    other_team = document_of(pass_identity, teamIdentifier="OTHERTEAM1")

    assert refusal(check, pack(files_of(other_type), signer, NOW)).code == "wrong_pass_type"
    found = refusal(check, pack(files_of(other_team), signer, NOW))
    assert (found.code, found.facts["said"]) == ("wrong_team", "OTHERTEAM1")


def test_every_reason_has_its_russian_words() -> None:
    for code, text in REASONS.items():
        facts = dict.fromkeys(("name", "problem", "day", "said", "certified", "value", "count", "key", "group"), "x")

        assert PassRefused(code, **facts).text("ru") != text.format(**facts), code
