"""What Google is told about a programme and a card."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locales.numbers import percent
from offers.engine.card_face import CardFace
from offers.engine.card_look import look_of
from offers.engine.starter_designs import starter_design
from offers.model.card import Announcement, CardState
from offers.model.design import Colours
from offers.model.ids import CardId, ProgrammeId
from offers.model.programme import DiscountLevel, Language, LocalText, Programme, Terms
from sandbox.discovery import problems, schema_names
from sandbox.google.rules import KINDS, check_whole
from wallet.google.bodies import class_body, message_body, object_body
from wallet.google.texts import clip

SILVER = LocalText(ru="Серебро", en="Silver")
GOLD = LocalText(ru="Золото", en="Gold")
PROGRAMME = Programme(
    id=ProgrammeId("prg1"),
    slug="coffee",
    name=LocalText(ru="Кофейня на углу Садовой", en="The Coffee House Corner"),
    currency="RUB",
    zone="Europe/Moscow",
    terms=Terms(levels=(DiscountLevel(name=SILVER, spend_threshold_minor=0, discount_bp=500),)),
)
DESIGN = starter_design(PROGRAMME.id, colours=Colours(background="#1d2b36"))
LOOK = look_of(DESIGN, at=datetime(2026, 3, 11, tzinfo=UTC))
FACE = CardFace(
    programme_id=PROGRAMME.id,
    programme_name=PROGRAMME.name,
    currency="RUB",
    design=DESIGN,
    look=LOOK,
    card_id=CardId("card1"),
    serial="00ff",
    scan_code="TSR1.card1.mac",
    state=CardState.ACTIVE,
    version=3,
    last_modified=datetime(2026, 3, 11, tzinfo=UTC),
    announcement=Announcement.BALANCE,
    language=Language.RU,
    balance=1250,
    discount_bp=500,
    level_name=SILVER,
    next_level_name=GOLD,
    next_level_discount_bp=1000,
    missing_minor=120_000,
    accrual_bp=750,
)
LOGO = "https://cards.example/i/logo.png"
BANNER = "https://cards.example/i/banner.png"


def the_class(programme: Programme = PROGRAMME) -> dict[str, object]:
    return class_body(
        programme,
        LOOK,
        issuer_id="338",
        logo_uri=LOGO,
        banner_uri=BANNER,
        home_uri="https://cards.example/join/coffee",
        callback_uri="https://cards.example/google/callback",
    )


def text_of(body: dict[str, object], text_id: str) -> dict[str, object]:
    texts = body["textModulesData"]
    assert isinstance(texts, list)
    found: dict[str, object] = next(text for text in texts if text["id"] == text_id)
    return found


def test_googles_own_schema_accepts_the_class_and_the_card() -> None:
    card = object_body(FACE, issuer_id="338", banner_uri=BANNER, notify=True)

    assert problems("LoyaltyClass", the_class()) == []
    assert problems("LoyaltyObject", card) == []
    check_whole(KINDS["loyaltyClass"], dict(the_class()))
    check_whole(KINDS["loyaltyObject"], card)


def test_the_schema_judge_refuses_what_google_would() -> None:
    card = object_body(FACE, issuer_id="338")

    assert problems("LoyaltyObject", {**card, "stat": "ACTIVE"})
    assert problems("LoyaltyObject", {**card, "state": "active"})
    assert problems("LoyaltyObject", {**card, "loyaltyPoints": {"balance": {"int": 2**31}}})
    assert problems("LoyaltyObject", {**card, "loyaltyPoints": {"balance": {"int": "5"}}})
    assert problems("Money", {"micros": 42_500_000})
    assert problems("Money", {"micros": "42500000", "currencyCode": "RUB"}) == []
    assert len(schema_names()) > 150


def test_the_card_carries_balance_discount_and_code() -> None:
    card = object_body(FACE, issuer_id="338")

    assert card["id"] == "338.00ff"
    assert card["classId"] == "338.prg1" == the_class()["id"]
    assert card["loyaltyPoints"]["balance"] == {"int": 1250}
    assert card["loyaltyPoints"]["label"] == "Баллы"
    assert card["secondaryLoyaltyPoints"]["balance"] == {"string": "5\N{NO-BREAK SPACE}%"}
    assert card["barcode"] == {"type": "QR_CODE", "value": "TSR1.card1.mac", "renderEncoding": "UTF_8"}
    assert "heroImage" not in card
    assert "notifyPreference" not in card


def test_every_text_speaks_both_languages_the_members_first() -> None:
    russian = object_body(FACE, issuer_id="338")
    english = object_body(replace(FACE, language=Language.EN), issuer_id="338")

    assert text_of(russian, "level")["localizedBody"] == {
        "defaultValue": {"language": "ru", "value": "Серебро"},
        "translatedValues": [{"language": "en", "value": "Silver"}],
    }
    assert text_of(english, "level")["localizedBody"] == {
        "defaultValue": {"language": "en", "value": "Silver"},
        "translatedValues": [{"language": "ru", "value": "Серебро"}],
    }
    assert (
        text_of(russian, "next_level")["body"]
        == "Потратьте ещё 1\N{NO-BREAK SPACE}200\N{NO-BREAK SPACE}₽, и скидка станет 10\N{NO-BREAK SPACE}%"
    )
    assert (
        text_of(english, "next_level")["body"] == "Spend RUB\N{NO-BREAK SPACE}1,200 more and your discount becomes 10%"
    )
    assert text_of(russian, "accrual")["body"] == "7,5\N{NO-BREAK SPACE}% от каждой покупки"
    assert text_of(english, "accrual")["body"] == "7.5% of every purchase"


def test_a_card_that_lost_its_level_says_so_instead_of_keeping_yesterdays() -> None:
    bare = replace(FACE, level_name=None, next_level_name=None, discount_bp=0, accrual_bp=0)

    card = object_body(bare, issuer_id="338")

    assert card["secondaryLoyaltyPoints"]["balance"] == {"string": "0\N{NO-BREAK SPACE}%"}
    assert card["textModulesData"] == []


@pytest.mark.parametrize(
    ("state", "shown"),
    [(CardState.ACTIVE, "ACTIVE"), (CardState.BLOCKED, "INACTIVE"), (CardState.VOIDED, "EXPIRED")],
)
def test_a_cards_state_is_told_in_googles_words(state: CardState, shown: str) -> None:
    assert object_body(replace(FACE, state=state), issuer_id="338")["state"] == shown


def test_names_are_clipped_to_what_google_shows() -> None:
    body = the_class()

    assert body["programName"] == "Кофейня на углу Садо…"[:19] + "…"
    assert len(str(body["programName"])) == 20
    assert len(str(body["issuerName"])) <= 20


def test_a_programme_without_levels_shows_no_level_row() -> None:
    flat = replace(PROGRAMME, terms=Terms())

    assert "'level'" in json.dumps(the_class())
    assert "'level'" not in json.dumps(the_class(flat))


def test_nothing_personal_can_reach_a_card() -> None:
    card = object_body(FACE, issuer_id="338")

    assert not {"accountName", "accountId"} & set(card)


def test_a_message_is_clipped_and_rings_only_when_asked() -> None:
    long_text = LocalText(ru="ы" * 600, en="y" * 600)

    loud = message_body(message_id="m1", header=SILVER, text=long_text, first=Language.EN, notify=True)
    quiet = message_body(message_id="m1", header=SILVER, text=long_text, first=Language.EN)

    assert problems("AddMessageRequest", {"message": loud}) == []
    assert (loud["messageType"], quiet["messageType"]) == ("TEXT_AND_NOTIFY", "TEXT")
    assert len(loud["body"]) == 500


@given(st.text(max_size=60), st.integers(1, 40))
def test_a_clipped_text_fits_and_starts_like_the_whole(text: str, limit: int) -> None:
    short = clip(text, limit)

    assert len(short) <= limit
    assert text.startswith(short.removesuffix("…")) or short == text


@given(st.integers(0, 10_000))
def test_any_discount_fits_into_the_seven_characters_google_shows(basis_points: int) -> None:
    assert len(percent("ru", basis_points)) <= 7
