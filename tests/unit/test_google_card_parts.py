"""How a design reaches Google's class and object: states, codes, links, places, expiry and restrictions."""

from dataclasses import replace
from datetime import timedelta

import pytest

from offers.engine.rotating_codes import read_rotating_text
from offers.engine.smallest_patch import smallest_patch
from offers.engine.starter_designs import starter_design
from offers.model.card import CardState
from offers.model.design import Bound, CardKind, DesignField, Place
from offers.model.design_parts import CodeFormat, DesignLink, GeoPlace
from offers.model.member import PersonalDetails
from offers.model.programme import LocalText
from tests.card_faces import AT, CARD, MEMBER, designed, face_of_kind
from tests.coffee_house import PROGRAMME
from tests.unit.google_designs import ADDRESSES, KEY, the_card, the_class
from wallet.google.bodies import state_of
from wallet.google.veil import unveiled, veiled


def test_the_state_follows_the_card_its_expiry_and_its_coupon() -> None:
    ended = replace(starter_design(PROGRAMME.id), expires_at=AT)
    used = replace(face_of_kind(CardKind.COUPON).coupon, is_over=True)  # type: ignore[type-var] # it has one

    assert state_of(face_of_kind()) == "ACTIVE"
    assert state_of(face_of_kind(card=replace(CARD, state=CardState.BLOCKED))) == "INACTIVE"
    assert state_of(face_of_kind(card=replace(CARD, state=CardState.VOIDED))) == "EXPIRED"
    assert state_of(designed(ended)) == "EXPIRED"
    assert state_of(designed(ended, at=AT - timedelta(seconds=1))) == "ACTIVE"
    assert state_of(replace(face_of_kind(CardKind.COUPON), coupon=used)) == "COMPLETED"
    assert state_of(face_of_kind(CardKind.COUPON, coupons=())) == "INACTIVE"


def test_a_card_that_may_not_be_used_has_no_code() -> None:
    for kind in CardKind:
        card = the_card(face_of_kind(kind, card=replace(CARD, state=CardState.BLOCKED)), rotating_key=KEY)

        assert not {"barcode", "rotatingBarcode"} & set(card)


def test_the_rotating_code_is_the_one_our_tills_read() -> None:
    card = the_card(face_of_kind(), rotating_key=KEY)
    rotating = card["rotatingBarcode"]
    period_s = int(rotating["totpDetails"]["periodMillis"]) // 1000
    shown = rotating["valuePattern"].format(totp_timestamp_seconds=int(AT.timestamp()), totp_value_0="12345678")

    assert read_rotating_text(shown).card_id == CARD.id
    assert read_rotating_text(shown).period == int(AT.timestamp()) // period_s
    assert bytes.fromhex(rotating["totpDetails"]["parameters"][0]["key"]) == KEY
    assert "rotatingBarcode" not in the_card(face_of_kind())
    aztec = replace(starter_design(PROGRAMME.id), code_format=CodeFormat.AZTEC)
    assert "rotatingBarcode" not in the_card(designed(aztec), rotating_key=KEY), "Google rotates QR and PDF417 alone"


@pytest.mark.parametrize(
    ("code_format", "shown"),
    [
        (CodeFormat.QR, "QR_CODE"),
        (CodeFormat.PDF417, "PDF_417"),
        (CodeFormat.AZTEC, "AZTEC"),
        (CodeFormat.CODE128, "CODE_128"),
        (CodeFormat.EAN13, "QR_CODE"),
        (CodeFormat.CODE39, "QR_CODE"),
    ],
)
def test_a_code_format_that_cannot_write_our_codes_becomes_a_qr_code(code_format: CodeFormat, shown: str) -> None:
    design = replace(starter_design(PROGRAMME.id), code_format=code_format, shows_code_text=True)

    barcode = the_card(designed(design))["barcode"]

    assert (barcode["type"], barcode["alternateText"]) == (shown, barcode["value"])


def test_the_design_reaches_the_class() -> None:
    design = replace(
        starter_design(PROGRAMME.id, slug="vip"),
        title=LocalText(ru="Клуб", en="Club"),
        links=(DesignLink(key="site", label=LocalText(ru="Сайт", en="Site"), url="https://a.example"),),
        places=tuple(GeoPlace(latitude=55.7 + number / 10, longitude=37.6) for number in range(12)),
        sharing_allowed=True,
        is_shimmering=True,
    )

    written = the_class(design)

    assert written["id"] == "338.p1.vip"
    assert (written["programName"], written["issuerName"]) == ("Клуб", "Кофейня")
    assert written["reviewStatus"] == "UNDER_REVIEW"
    assert written["linksModuleData"]["uris"][0]["description"] == "Сайт"
    assert len(written["merchantLocations"]) == 10, "Google rejects the eleventh"
    assert written["multipleDevicesAndHoldersAllowedStatus"] == "MULTIPLE_HOLDERS"
    assert written["securityAnimation"] == {"animationType": "FOIL_SHIMMER"}
    assert written["callbackOptions"] == {"url": ADDRESSES.callback}
    assert the_class(starter_design(PROGRAMME.id))["id"] == "338.p1"


def test_an_expiry_a_group_and_a_ban_on_screenshots_reach_the_card() -> None:
    design = replace(starter_design(PROGRAMME.id), life_days=365, grouping="coffee", screenshots_allowed=False)

    card = the_card(designed(design))

    assert card["validTimeInterval"] == {
        "start": {"date": "2026-02-09T14:30:00Z"},
        "end": {"date": "2027-02-09T14:30:00Z"},
    }
    assert card["groupingInfo"] == {"groupingId": "p1.coffee"}
    assert card["passConstraints"] == {"screenshotEligibility": "INELIGIBLE"}


def test_a_name_is_told_to_google_only_where_the_design_shows_it() -> None:
    named = replace(MEMBER, personal=PersonalDetails(told_at=AT, name="Анна Каренина", email="Anna@Example.com"))
    shows = replace(
        starter_design(PROGRAMME.id),
        fields=(DesignField(key="name", place=Place.PRIMARY, bound=Bound.PROFILE_NAME),),
    )

    assert "accountName" not in the_card(face_of_kind(member=named))
    assert the_card(designed(shows, member=named))["accountName"] == "Анна Каренина"


def test_saves_are_restricted_to_one_address_by_its_hash() -> None:
    card = the_card(face_of_kind(), save_email=" Anna@Example.com ")

    digest = "f7d54c22dda5b1780276601cd005909b70543fc4a6ba72d735b4cb9bbb611f01"
    assert card["saveRestrictions"] == {"restrictToEmailSha256": digest}


def test_what_is_remembered_of_a_card_tells_no_key_and_still_tells_it_from_another() -> None:
    card, other = (the_card(face_of_kind(), rotating_key=key) for key in (KEY, b"o" * 20))

    assert KEY.hex() not in str(veiled(card))
    assert veiled(card) == veiled(the_card(face_of_kind(), rotating_key=KEY))
    assert veiled(the_card(face_of_kind())) == the_card(face_of_kind())
    part = unveiled(smallest_patch(veiled(card), veiled(other)), other)
    assert part == {"rotatingBarcode": other["rotatingBarcode"]}
    bare = the_card(face_of_kind())
    assert unveiled(smallest_patch(veiled(card), veiled(bare)), bare) == {"rotatingBarcode": None}
