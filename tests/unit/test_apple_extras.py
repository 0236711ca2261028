"""What a pass carries beside its fields: codes, places, times, contactless, buttons and enrolment."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from offers.model.card import CardState
from offers.model.design import CardDesign, CardKind
from offers.model.design_parts import (
    ActionType,
    Beacon,
    CodeFormat,
    DesignLink,
    FeaturedAction,
    GeoPlace,
    NfcTerms,
    PersonalField,
    Personalisation,
    RelevantTime,
)
from offers.model.layer import LayerParts
from offers.model.member import PersonalDetails
from offers.model.programme import LocalText
from tests.card_faces import AT, CARD, MEMBER, designed, face_of_kind
from tests.coffee_house import DESIGN
from tests.unit.test_card_look import layer
from wallet.apple.face import PassContent, PassOrigin, pass_content

ORIGIN = PassOrigin(
    pass_type="pass.dev.tessera.card",
    team="TESSERADEV",
    web_service_url="https://cards.example/apple",
    card_url="https://cards.example/c/token?a=1&b=2",
)
TEXT = LocalText(ru="Рядом", en="Near")
NFC = NfcTerms(public_key="MFkw…", requires_authentication=True)
ASKED = Personalisation(
    description=LocalText(ru="Вступите", en="Join"), fields=(PersonalField.NAME, PersonalField.EMAIL), terms=TEXT
)


def content(design: CardDesign = DESIGN, **changes: Any) -> PassContent:
    return pass_content(designed(design, **changes), "t" * 48, ORIGIN)


def document(design: CardDesign = DESIGN, **changes: Any) -> dict[str, Any]:
    return content(design, **changes).document


def test_places_and_beacons_carry_their_words_and_at_most_ten_go_out() -> None:
    place = GeoPlace(latitude=55.75, longitude=37.61, altitude_m=150.0, text=TEXT)
    design = replace(
        DESIGN,
        places=(place,) * 12,
        beacons=(Beacon(proximity_uuid="E2C56DB5-DFFB-48D2-B060-D0F5A71096E0", major=1),),
        max_distance_m=300,
    )

    written = content(design)

    assert (
        written.document["locations"]
        == [{"latitude": 55.75, "longitude": 37.61, "altitude": 150.0, "relevantText": "Near"}] * 10
    )
    assert written.document["beacons"] == [{"proximityUUID": "E2C56DB5-DFFB-48D2-B060-D0F5A71096E0", "major": 1}]
    assert written.document["maxDistance"] == 300
    assert written.translations["ru"]["Near"] == "Рядом"


def test_an_instant_is_spelled_for_ios_18_and_for_ios_26() -> None:
    times = (RelevantTime(starts_at=AT), RelevantTime(starts_at=AT, ends_at=AT + timedelta(hours=3)))

    written = document(replace(DESIGN, relevant=times))

    assert written["relevantDates"] == [
        {"date": "2026-03-11T14:30:00Z", "relevantDate": "2026-03-11T14:30:00Z"},
        {"startDate": "2026-03-11T14:30:00Z", "endDate": "2026-03-11T17:30:00Z"},
    ]
    assert written["relevantDate"] == "2026-03-11T14:30:00Z"


@pytest.mark.parametrize(
    ("changes", "expires"),
    [
        ({"expires_at": AT + timedelta(days=1)}, "2026-03-12T14:30:00Z"),
        ({"life_days": 60}, "2026-04-10T14:30:00Z"),
        ({"life_days": 60, "expires_at": AT + timedelta(days=1)}, "2026-03-12T14:30:00Z"),
    ],
)
def test_a_card_ends_with_its_design_or_its_life_whichever_is_first(changes: dict[str, Any], expires: str) -> None:
    assert document(replace(DESIGN, **changes))["expirationDate"] == expires


def test_a_card_past_its_end_is_void_and_has_no_code() -> None:
    written = document(replace(DESIGN, expires_at=AT))

    assert written["voided"] is True
    assert "barcodes" not in written


def test_a_coupon_ends_when_its_coupon_does() -> None:
    assert pass_content(face_of_kind(CardKind.COUPON), "t" * 48, ORIGIN).document["expirationDate"] == (
        "2026-03-31T14:30:00Z"
    )


@pytest.mark.parametrize(
    ("wanted", "formats", "plain"),
    [
        (CodeFormat.QR, ["QR"], "QR"),
        (CodeFormat.AZTEC, ["Aztec"], "Aztec"),
        (CodeFormat.PDF417, ["PDF417"], "PDF417"),
        (CodeFormat.CODE128, ["Code128", "QR"], "QR"),
        (CodeFormat.CODE39, ["Code39", "QR"], "QR"),
        (CodeFormat.EAN13, ["EAN13", "QR"], "QR"),
        (CodeFormat.INTERLEAVED, ["QR"], "QR"),
        (CodeFormat.CODABAR, ["Codabar", "QR"], "QR"),
    ],
)
def test_a_code_not_every_phone_can_draw_has_one_behind_it_that_it_can(
    wanted: CodeFormat, formats: list[str], plain: str
) -> None:
    member = replace(MEMBER, external_id="4006381333931")

    written = document(replace(DESIGN, code_format=wanted), member=member)

    assert [code["format"].removeprefix("PKBarcodeFormat") for code in written["barcodes"]] == formats
    assert written["barcode"]["format"] == f"PKBarcodeFormat{plain}"
    assert {code["messageEncoding"] for code in written["barcodes"]} == {"iso-8859-1"}


@pytest.mark.parametrize("number", [None, "4006381333932", "12345"])
def test_an_ean_that_does_not_add_up_is_not_drawn(number: str | None) -> None:
    member = replace(MEMBER, external_id=number)

    written = document(replace(DESIGN, code_format=CodeFormat.EAN13), member=member)

    assert [code["format"] for code in written["barcodes"]] == ["PKBarcodeFormatQR"]


def test_a_contactless_card_says_its_code_in_64_bytes_while_it_can_be_used() -> None:
    design = replace(DESIGN, nfc=NFC)

    nfc = document(design)["nfc"]

    assert (nfc["encryptionPublicKey"], nfc["requiresAuthentication"]) == (NFC.public_key, True)
    assert len(nfc["message"].encode()) <= 64
    assert "nfc" not in document(design, card=replace(CARD, state=CardState.BLOCKED))


def test_two_buttons_at_most_stand_on_a_card() -> None:
    action = FeaturedAction(key="order", type=ActionType.ORDER, url="https://cafe.example/order")

    written = document(replace(DESIGN, actions=(action, replace(action, key="b"), replace(action, key="c"))))

    assert written["featuredActions"][0] == {
        "identifier": "order",
        "type": "order",
        "url": "https://cafe.example/order",
    }
    assert len(written["featuredActions"]) == 2


def test_links_of_the_back_lead_somewhere_and_are_escaped() -> None:
    link = DesignLink(key="menu", label=LocalText(ru="Меню", en="Menu"), url="https://cafe.example/?a=1&b=2")

    back = {field["key"]: field for field in document(replace(DESIGN, links=(link,)))["storeCard"]["backFields"]}

    assert back["link_menu"]["attributedValue"] == '<a href="https://cafe.example/?a=1&amp;b=2">Menu</a>'
    assert back["page"]["value"] == ORIGIN.card_url
    assert "&amp;b=2" in back["page"]["attributedValue"]


def test_a_member_enrols_on_a_contactless_card_once() -> None:
    design = replace(DESIGN, nfc=NFC, personalisation=ASKED)

    asked = json.loads(content(design).attachments["personalization.json"])

    assert asked == {
        "description": "Вступите",
        "requiredPersonalizationFields": [
            "PKPassPersonalizationFieldName",
            "PKPassPersonalizationFieldEmailAddress",
        ],
        "termsAndConditions": "Рядом",
    }
    known = replace(MEMBER, personal=PersonalDetails(told_at=AT, name="A"))
    assert content(design, member=known).attachments == {}
    assert content(replace(design, nfc=None)).attachments == {}


def test_a_machine_learns_the_programme_the_level_and_the_money() -> None:
    written = pass_content(face_of_kind(CardKind.GIFT), "t" * 48, ORIGIN).document

    assert written["semantics"] == {
        "membershipProgramName": "Coffee house",
        "membershipProgramStatus": "Silver",
        "balance": {"amount": "1500.5", "currencyCode": "RUB"},
    }


def test_the_poster_says_the_news_at_its_foot_and_they_are_told_aloud() -> None:
    text = layer(parts=LayerParts(text=TEXT), starts_at=AT - timedelta(minutes=5))

    written = pass_content(face_of_kind(layers=(text,)), "t" * 48, ORIGIN).document

    (footer,) = written["posterGeneric"]["footerFields"]
    told = {field["key"]: field for field in written["storeCard"]["backFields"]}["news"]
    assert footer["value"] == told["value"] == "Near"
    assert told["changeMessage"] == "%@"
