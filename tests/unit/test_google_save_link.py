"""The link behind "Add to Google Wallet"."""

from datetime import UTC, datetime

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from certs.identity import GoogleIdentity
from wallet.google.kinds import Kind
from wallet.google.save_link import SavedCard, SaveLinkTooLong, save_link

AT = datetime(2026, 3, 11, 14, 30, tzinfo=UTC)
ORIGINS = ["https://cards.example"]


@pytest.fixture(scope="module")
def identity() -> GoogleIdentity:
    return GoogleIdentity(
        client_email="tessera@project.iam.gserviceaccount.com",
        private_key=rsa.generate_private_key(public_exponent=65537, key_size=2048),
        private_key_id="k1",
        token_uri="https://oauth2.googleapis.com/token",
    )


def cards(*ids: str) -> list[SavedCard]:
    return [SavedCard(kind=Kind.OBJECT, id=each) for each in ids]


def claims_of(link: str, identity: GoogleIdentity) -> dict[str, object]:
    token = link.rpartition("/")[2]
    claims: dict[str, object] = jwt.decode(
        token, identity.private_key.public_key(), algorithms=["RS256"], audience="google", options={"verify_iat": False}
    )
    return claims


def test_the_link_names_cards_and_carries_nothing_of_them(identity: GoogleIdentity) -> None:
    link = save_link(identity=identity, cards=cards("338.a"), origins=ORIGINS, at=AT)

    assert link.startswith("https://pay.google.com/gp/v/save/")
    assert claims_of(link, identity) == {
        "iss": identity.client_email,
        "aud": "google",
        "typ": "savetowallet",
        "iat": int(AT.timestamp()),
        "origins": ORIGINS,
        "payload": {"loyaltyObjects": [{"id": "338.a"}]},
    }


def test_one_link_saves_several_cards_of_several_kinds(identity: GoogleIdentity) -> None:
    link = save_link(
        identity=identity,
        cards=[*cards("338.a"), SavedCard(kind=Kind.OFFER_OBJECT, id="338.o"), *cards("338.b")],
        origins=ORIGINS,
        at=AT,
    )

    assert claims_of(link, identity)["payload"] == {
        "loyaltyObjects": [{"id": "338.a"}, {"id": "338.b"}],
        "offerObjects": [{"id": "338.o"}],
    }


def test_a_link_that_browsers_would_cut_is_refused(identity: GoogleIdentity) -> None:
    ids = [f"338.{number:032x}" for number in range(40)]

    with pytest.raises(SaveLinkTooLong) as caught:
        save_link(identity=identity, cards=cards(*ids), origins=ORIGINS, at=AT)

    assert caught.value.length_chars > 1800


@pytest.mark.parametrize("origin", ["cards.example", "https://cards.example/join", "javascript:alert(1)", ""])
def test_an_origin_is_a_scheme_and_a_host(identity: GoogleIdentity, origin: str) -> None:
    with pytest.raises(ValueError, match="origin"):
        save_link(identity=identity, cards=cards("338.a"), origins=[origin], at=AT)


def test_a_link_without_cards_is_refused(identity: GoogleIdentity) -> None:
    with pytest.raises(ValueError, match="at least one"):
        save_link(identity=identity, cards=[], origins=ORIGINS, at=AT)
