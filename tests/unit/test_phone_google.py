"""Offers, gift cards and rotating codes as the sandbox's phone draws them, from the bodies Google is really told."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from offers.engine.rotating_codes import check_rotating, read_rotating_text
from offers.engine.starter_designs import starter_design
from offers.model.design import CardKind
from sandbox.phone.codes import draw_code
from sandbox.phone.google_codes import google_code, next_turn, rotating_value
from sandbox.phone.google_face import facts_of, google_face
from tests.card_faces import AT, face_of_kind
from tests.coffee_house import PROGRAMME
from tests.unit.google_designs import KEY, the_card, the_class

# RFC 6238, appendix B: the key of SHA-1, and what it gives at these seconds.
RFC_KEY = b"12345678901234567890"
RFC_VALUES = {59: "94287082", 1111111109: "07081804", 1234567890: "89005924", 20000000000: "65353130"}


def rotating(key: bytes) -> dict[str, object]:
    parameters = [{"key": key.hex(), "valueLength": 8}]
    return {
        "type": "QR_CODE",
        "valuePattern": "{totp_timestamp_millis}:{totp_value_0}",
        "totpDetails": {"algorithm": "TOTP_SHA1", "periodMillis": "30000", "parameters": parameters},
    }


@pytest.mark.parametrize(("seconds", "value"), RFC_VALUES.items())
def test_the_phone_makes_the_codes_of_the_rfc(seconds: int, value: str) -> None:
    at = datetime.fromtimestamp(seconds, UTC)

    assert rotating_value(rotating(RFC_KEY), at) == f"{seconds * 1000}:{value}"


def test_what_the_phone_shows_our_tills_believe() -> None:
    held = the_card(face_of_kind(), rotating_key=KEY)
    at = AT + timedelta(seconds=17)

    shown = google_code(held, at)

    text = rotating_value(held["rotatingBarcode"], at)
    check_rotating(read_rotating_text(text), KEY, at)
    assert shown is not None
    assert (shown["path"], shown["turns_s"]) == (draw_code(text)["path"], 30)
    assert next_turn([held], at) == timedelta(seconds=13)
    assert next_turn([the_card(face_of_kind())], at) is None


def test_a_gift_card_shows_its_money_and_its_number() -> None:
    held, parent = the_card(face_of_kind(CardKind.GIFT)), the_class(starter_design(PROGRAMME.id, CardKind.GIFT))

    face = google_face(held, parent, "en", at=AT, changed_at="")

    shown = {item["label"]: item["value"] for row in face["rows"] for item in row}
    assert shown["Balance"] == "RUB\N{NO-BREAK SPACE}1,500.50"
    assert "Card number" in shown
    assert face["programme"] == "Coffee house"
    assert facts_of(held, "ru")["Баланс"].startswith("1\N{NO-BREAK SPACE}500,50")


def test_an_offer_shows_its_title_its_small_print_and_its_logo() -> None:
    design = starter_design(PROGRAMME.id, CardKind.COUPON)
    held, parent = the_card(face_of_kind(CardKind.COUPON)), the_class(design)

    face = google_face(held, {**parent, "finePrint": "Once only."}, "ru", at=AT, changed_at="")

    assert {"header": "", "body": "Once only."} in face["details"]
    assert face["logo"].startswith(f"/google/{held['id']}/titleImage-")
    assert any(item["value"] == "Десять чашек" for row in face["rows"] for item in row)


def test_linked_coupons_stand_under_the_card() -> None:
    coupon = {
        **the_card(face_of_kind(CardKind.COUPON)),
        "classReference": the_class(starter_design(PROGRAMME.id, CardKind.COUPON)),
    }

    face = google_face(the_card(face_of_kind()), {}, "en", at=AT, changed_at="", offers=[coupon])

    assert [each["title"] for each in face["offers"]] == ["Coffee house"]


def test_a_shimmering_design_shimmers() -> None:
    design = replace(starter_design(PROGRAMME.id), is_shimmering=True)

    assert google_face(the_card(face_of_kind()), the_class(design), "en", at=AT, changed_at="")["shimmers"]
