"""The pass of a card: what it shows, what it announces, and that every text has its Russian."""

from dataclasses import replace
from typing import Any

import pytest

from offers.engine.card_face import CardFace
from offers.model.card import Announcement, CardState
from offers.model.design import CardKind
from offers.model.held_level import LevelStanding
from offers.model.programme import DiscountLevel, LocalText, Terms
from tests.card_faces import CARD, announcing, face_of_kind
from tests.coffee_house import PROGRAMME
from wallet.apple.face import PassOrigin, pass_content
from wallet.apple.texts import PassTexts

ORIGIN = PassOrigin(
    pass_type="pass.dev.tessera.card",
    team="TESSERADEV",
    web_service_url="https://cards.example/apple",
    card_url="https://cards.example/c/token",
)
GAP = "\N{NO-BREAK SPACE}"
STYLES = ("storeCard", "coupon", "generic")


def document(face: CardFace) -> dict[str, Any]:
    return pass_content(face, "t" * 48, ORIGIN).document


def style(written: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    (found,) = (written[name] for name in STYLES if name in written)
    return dict(found)


def fields(written: dict[str, Any]) -> list[dict[str, Any]]:
    return [field for place in style(written).values() for field in place]


def test_a_bonus_card_shows_balance_discount_level_and_what_is_missing() -> None:
    shown = {field["key"]: field["value"] for field in fields(document(face_of_kind()))}

    assert (shown["balance"], shown["discount"], shown["level"], shown["next"]) == (145, 0.03, "Silver", 1199.5)


@pytest.mark.parametrize(
    ("kind", "named", "shown"),
    [
        (CardKind.DISCOUNT, "storeCard", {"discount": 0.03, "level": "Silver"}),
        (CardKind.BONUS, "storeCard", {"balance": 145}),
        (CardKind.CASHBACK, "storeCard", {"account_worth": 145, "account_expiring": 145}),
        (CardKind.STAMP, "storeCard", {"stamps_collected": "4/6", "stamps_row": "●●●●○○", "stamps_left": 2}),
        (CardKind.COUPON, "coupon", {"coupon_title": "Ten cups", "coupon_uses_left": 10}),
        (CardKind.MEMBERSHIP, "generic", {"level": "Silver", "profile_number": "7B9D1F4"[-8:]}),
        (CardKind.GIFT, "storeCard", {"prepaid_balance": 1500.5}),
        (CardKind.MULTIPASS, "storeCard", {"coupon_uses_left": 10, "coupon_title": "Ten cups"}),
    ],
)
def test_every_kind_has_its_style_and_its_fields(kind: CardKind, named: str, shown: dict[str, Any]) -> None:
    written = document(face_of_kind(kind))

    values = {field["key"]: field["value"] for field in fields(written)}
    assert named in written
    assert "posterGeneric" in written
    assert {key: values[key] for key in shown if key != "profile_number"} == {
        key: value for key, value in shown.items() if key != "profile_number"
    }


@pytest.mark.parametrize("kind", list(CardKind))
def test_no_place_holds_more_than_the_phone_shows(kind: CardKind) -> None:
    written = document(face_of_kind(kind))

    front, poster = style(written), written["posterGeneric"]
    assert len(front["headerFields"]) <= 3
    assert len(front["primaryFields"]) <= 1
    assert len(front["secondaryFields"] + front["auxiliaryFields"]) <= 4
    assert (len(poster["headerFields"]), len(poster["footerFields"])) <= (1, 1)
    assert len(poster["primaryFields"]) <= 4
    assert not {"secondaryFields", "auxiliaryFields"} & set(poster)


def test_money_carries_its_currency_and_a_date_its_style() -> None:
    shown = {field["key"]: field for field in fields(document(face_of_kind(CardKind.MULTIPASS)))}

    assert shown["coupon_until"]["value"] == "2026-03-31T17:30:00+03:00"
    assert shown["coupon_until"]["dateStyle"] == "PKDateStyleMedium"
    assert {field["key"]: field for field in fields(document(face_of_kind()))}["next"]["currencyCode"] == "RUB"


def test_half_a_percent_is_not_rounded_away() -> None:
    level = DiscountLevel(name=LocalText(ru="Золото", en="Gold"), spend_threshold_minor=0, discount_bp=750)
    programme = replace(PROGRAMME, terms=Terms(levels=(level,)))

    content = pass_content(face_of_kind(programme=programme, standing=LevelStanding(spend_minor=0)), "t" * 48, ORIGIN)

    (discount,) = (field for field in fields(content.document) if field["key"] == "discount")
    assert discount["value"] == "7.5%"
    assert content.translations["ru"]["7.5%"] == f"7,5{GAP}%"


@pytest.mark.parametrize(
    ("announcement", "told"),
    [(Announcement.NOTHING, []), (Announcement.BALANCE, ["balance"]), (Announcement.LEVEL, ["discount"])],
)
def test_one_field_at_most_announces_a_change(announcement: Announcement, told: list[str]) -> None:
    written = document(face_of_kind(card=announcing(announcement)))

    spoken = [field for field in fields(written) if "changeMessage" in field]
    assert [field["key"] for field in spoken] == told
    assert all("%@" in field["changeMessage"] for field in spoken)


@pytest.mark.parametrize("kind", list(CardKind))
def test_every_text_a_person_reads_is_translated(kind: CardKind) -> None:
    content = pass_content(face_of_kind(kind, card=announcing(Announcement.LEVEL)), "t" * 48, ORIGIN)

    russian = content.translations["ru"]
    texts = {content.document[name] for name in ("organizationName", "description", "logoText")}
    for field in fields(content.document):
        texts |= {field["label"], field.get("changeMessage", field["label"])}
    assert texts <= set(russian)
    assert all(russian[text] != text for text in texts)
    assert set(content.translations["en"]) == set(russian)


def test_texts_alike_in_english_alone_are_told_apart_unseen() -> None:
    texts = PassTexts()

    keys = [texts.both("Level", "Уровень"), texts.both("Level", "Этаж"), texts.both("Level", "Уровень")]

    assert keys[0] == keys[2] == "Level"
    assert (texts.russian[keys[1]], texts.english[keys[1]]) == ("Этаж", "Level")


@pytest.mark.parametrize("kind", list(CardKind))
def test_keys_are_unique_and_numbers_carry_one_style(kind: CardKind) -> None:
    shown = fields(document(face_of_kind(kind)))

    assert len({field["key"] for field in shown}) == len(shown)
    assert all(not ("numberStyle" in field and "currencyCode" in field) for field in shown)


@pytest.mark.parametrize(("state", "voided"), [(CardState.BLOCKED, False), (CardState.VOIDED, True)])
def test_a_card_that_is_not_active_has_no_code_to_scan(state: CardState, *, voided: bool) -> None:
    written = document(face_of_kind(card=replace(CARD, state=state)))

    assert "barcodes" not in written
    assert written.get("voided", False) is voided


@pytest.mark.parametrize("kind", [kind for kind in CardKind if kind is not CardKind.MEMBERSHIP])
def test_the_pass_names_nobody(kind: CardKind) -> None:
    content = pass_content(face_of_kind(kind), "t" * 48, ORIGIN)

    assert "+7" not in str(content.document)
    assert "m1" not in {field["value"] for field in fields(content.document)}
