"""A callback is believed with Google's signatures, in time and for our issuer; and for no other reason."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from offers.model.google_errors import CallbackRefused
from offers.model.google_holding import GoogleNews, GoogleVerb
from sandbox.google.signer import CallbackSigner, milliseconds, written
from tests.clock import SettableClock
from wallet.google.callback.envelope import open_envelope
from wallet.google.callback.root_keys import read_keys
from wallet.google.callback.verify import packed, verify

ISSUER = "3388000000012345678"
AT = datetime(2026, 3, 11, 14, 30, tzinfo=UTC)
Message = dict[str, Any]


def message(**fields: Any) -> Message:
    return {
        "classId": f"{ISSUER}.coffee",
        "objectId": f"{ISSUER}.card-1",
        "eventType": "save",
        "expTimeMillis": milliseconds(AT + timedelta(hours=1)),
        "count": 1,
        "nonce": "nonce-1",
        **fields,
    }


def believed(
    signer: CallbackSigner, envelope: Message, *, issuer_id: str = ISSUER, at: datetime = AT
) -> GoogleNews | None:
    raw = json.dumps(envelope).encode()
    return verify(open_envelope(raw), roots=read_keys(signer.document()), issuer_id=issuer_id, at=at)


def refusal(signer: CallbackSigner, envelope: Message, **circumstances: Any) -> str:
    with pytest.raises(CallbackRefused) as caught:
        believed(signer, envelope, **circumstances)
    return caught.value.reason


@pytest.fixture
def signer() -> CallbackSigner:
    return CallbackSigner(SettableClock(AT))


def test_a_save_and_a_deletion_are_read(signer: CallbackSigner) -> None:
    save = believed(signer, signer.sign(message(), issuer_id=ISSUER))
    deletion = believed(signer, signer.sign(message(eventType="del", nonce="n2"), issuer_id=ISSUER))

    assert save == GoogleNews(
        nonce="nonce-1", verb=GoogleVerb.SAVED, object_suffix="card-1", expires_at=AT + timedelta(hours=1)
    )
    assert deletion is not None
    assert deletion.verb is GoogleVerb.DELETED


def test_lengths_count_bytes_and_not_letters() -> None:
    assert packed("ы") == b"\x02\x00\x00\x00\xd1\x8b"
    assert packed("a", "☕") == b"\x01\x00\x00\x00a\x03\x00\x00\x00\xe2\x98\x95"


SIGNER = CallbackSigner(lambda: AT)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(texts, texts, st.booleans())
def test_any_alphabet_is_verified_as_it_was_written(key: str, value: str, readable: bool) -> None:  # noqa: FBT001 - drawn
    sent = SIGNER.sign({f"x{key}": value, **message()}, issuer_id=ISSUER, readable=readable)

    assert believed(SIGNER, sent) is not None


def test_the_message_is_verified_as_it_came_and_not_as_we_would_write_it(signer: CallbackSigner) -> None:
    odd = json.dumps(message()).replace('"nonce"', '  "n\\u006fnce"').replace(", ", " ,\n\t")

    assert believed(signer, signer.sign_text(odd, issuer_id=ISSUER)) is not None


def test_what_is_not_known_is_passed_over(signer: CallbackSigner) -> None:
    envelope = signer.sign(message(deviceType="watch"), issuer_id=ISSUER)
    envelope["more"] = {"deep": [1, 2]}

    assert believed(signer, envelope) is not None
    assert believed(signer, signer.sign(message(eventType="shared"), issuer_id=ISSUER)) is None


@given(st.data())
def test_one_changed_letter_of_the_message_is_noticed(data: st.DataObject) -> None:
    envelope = SIGNER.sign(message(), issuer_id=ISSUER)
    text = envelope["signedMessage"]
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters(codec="ascii").filter(lambda letter: letter != text[place]))
    envelope["signedMessage"] = text[:place] + other + text[place + 1 :]

    assert refusal(SIGNER, envelope) == "bad_signature"


def test_a_message_for_another_issuer_is_not_ours(signer: CallbackSigner) -> None:
    theirs = signer.sign(message(classId="999.x", objectId="999.y"), issuer_id="999")

    assert refusal(signer, theirs) == "bad_signature"
    # Signed to us, and yet about somebody else's card: the prefix decides.
    for field in ("classId", "objectId"):
        assert refusal(signer, signer.sign(message(**{field: "999.x"}), issuer_id=ISSUER)) == "wrong_issuer"


def test_expiries_end_a_message_a_key_and_a_root(signer: CallbackSigner) -> None:
    envelope = signer.sign(message(), issuer_id=ISSUER)
    later = signer.sign(message(expTimeMillis=milliseconds(AT + timedelta(days=900))), issuer_id=ISSUER)

    assert refusal(signer, envelope, at=AT + timedelta(hours=1)) == "expired"
    assert refusal(signer, later, at=AT + timedelta(days=7)) == "key_expired"
    assert refusal(signer, later, at=AT + timedelta(days=365)) == "unknown_key"
    assert believed(signer, envelope, at=AT + timedelta(minutes=59)) is not None


def test_a_rotation_keeps_what_was_signed_before_and_believes_what_is_signed_after(signer: CallbackSigner) -> None:
    old = signer.sign(message(), issuer_id=ISSUER)
    signer.rotate_root()
    new = signer.sign(message(nonce="n2"), issuer_id=ISSUER)
    signer.rotate_key()
    newest = signer.sign(message(nonce="n3"), issuer_id=ISSUER)

    assert [believed(signer, each) is not None for each in (old, new, newest)] == [True, True, True]
    signer.rotate_root(forget_older=True)
    assert refusal(signer, old) == "unknown_key"


def test_one_good_signature_over_the_key_is_enough(signer: CallbackSigner) -> None:
    envelope = signer.sign(message(), issuer_id=ISSUER)
    good = envelope["intermediateSigningKey"]["signatures"][0]
    bad = base64.b64encode(b"\x30\x06\x02\x01\x01\x02\x01\x01").decode()
    envelope["intermediateSigningKey"]["signatures"] = [bad, good]

    assert believed(signer, envelope) is not None
    envelope["intermediateSigningKey"]["signatures"] = [bad]
    assert refusal(signer, envelope) == "unknown_key"


def test_a_strangers_root_is_not_googles(signer: CallbackSigner) -> None:
    stranger = CallbackSigner(lambda: AT)

    assert refusal(signer, stranger.sign(message(), issuer_id=ISSUER)) == "unknown_key"


def _without(name: str) -> Callable[[Message], object]:
    return lambda envelope: envelope.pop(name)


def _set(name: str, value: object) -> Callable[[Message], object]:
    return lambda envelope: envelope.__setitem__(name, value)


def _key(name: str, value: object) -> Callable[[Message], object]:
    return lambda envelope: envelope["intermediateSigningKey"].__setitem__(name, value)


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (_without("signature"), "malformed"),
        (_without("signedMessage"), "malformed"),
        (_without("intermediateSigningKey"), "malformed"),
        (_without("protocolVersion"), "wrong_protocol"),
        (_set("protocolVersion", "ECv1"), "wrong_protocol"),
        (_set("signature", "not base64!"), "malformed"),
        (_set("signature", 7), "malformed"),
        (_set("signature", base64.b64encode(b"junk").decode()), "bad_signature"),
        (_set("signedMessage", {"nonce": "n"}), "malformed"),
        (_set("signedMessage", "\ud800"), "malformed"),
        (_set("intermediateSigningKey", "text"), "malformed"),
        (_key("signatures", []), "malformed"),
        (_key("signatures", ["AAAA"] * 6), "malformed"),
        (_key("signatures", "AAAA"), "malformed"),
        (_key("signedKey", "{}"), "unknown_key"),
    ],
)
def test_a_spoilt_envelope_is_refused_by_name(
    signer: CallbackSigner, spoil: Callable[[Message], object], reason: str
) -> None:
    envelope = signer.sign(message(), issuer_id=ISSUER)

    spoil(envelope)

    assert refusal(signer, envelope) == reason


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"nonce": ""}, "malformed"),
        ({"nonce": "n" * 257}, "malformed"),
        ({"nonce": 5}, "malformed"),
        ({"expTimeMillis": "soon"}, "malformed"),
        ({"expTimeMillis": None}, "malformed"),
        ({"expTimeMillis": "9" * 40}, "malformed"),
        ({"objectId": f"{ISSUER}."}, "malformed"),
        ({"objectId": f"{ISSUER}.{'x' * 201}"}, "malformed"),
        ({"objectId": None}, "wrong_issuer"),
    ],
)
def test_a_signed_message_of_a_wrong_shape_is_refused_too(signer: CallbackSigner, fields: Message, reason: str) -> None:
    assert refusal(signer, signer.sign(message(**fields), issuer_id=ISSUER)) == reason


@given(st.binary(max_size=300))
def test_rubbish_is_refused_and_breaks_nothing(raw: bytes) -> None:
    with pytest.raises(CallbackRefused):
        open_envelope(raw)


def test_keys_of_other_protocols_curves_and_forms_are_passed_over() -> None:
    expiry = milliseconds(AT + timedelta(days=1))
    good = {"keyValue": written(ec.generate_private_key(ec.SECP256R1()).public_key())}
    other_curve = {"keyValue": written(ec.generate_private_key(ec.SECP384R1()).public_key())}
    listed = [
        {**good, "protocolVersion": "ECv2SigningOnly", "keyExpiration": expiry},
        {**good, "protocolVersion": "ECv2", "keyExpiration": expiry},
        {**good, "protocolVersion": "ECv2SigningOnly"},
        {**other_curve, "protocolVersion": "ECv2SigningOnly", "keyExpiration": expiry},
        {"keyValue": "AAAA", "protocolVersion": "ECv2SigningOnly", "keyExpiration": expiry},
        "text",
    ]

    assert len(read_keys({"keys": listed})) == 1
    assert read_keys({}) == read_keys({"keys": "none"}) == ()
