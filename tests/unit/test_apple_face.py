"""The pass of a card: what it shows, what it announces, and that every text has its Russian."""

from datetime import UTC, datetime
from typing import Any

import pytest

from offers.engine.card_codes import scan_code
from offers.engine.card_face import CardFace
from offers.engine.card_look import look_of
from offers.engine.starter_designs import starter_design
from offers.model.card import Announcement, CardState
from offers.model.ids import CardId, ProgrammeId
from offers.model.programme import Language, LocalText
from wallet.apple.face import PassOrigin, pass_content

ORIGIN = PassOrigin(
    pass_type="pass.dev.tessera.card",
    team="TESSERADEV",
    web_service_url="https://cards.example/apple",
    card_url="https://cards.example/c/token",
)
CARD = CardId("0" * 20)
DESIGN = starter_design(ProgrammeId("p1"))
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def face(**changes: Any) -> CardFace:
    shown: dict[str, Any] = {
        "programme_id": ProgrammeId("p1"),
        "programme_name": LocalText(ru="Кофейня", en="Coffee house"),
        "currency": "RUB",
        "design": DESIGN,
        "look": look_of(DESIGN, at=NOW),
        "card_id": CARD,
        "serial": "0123456789abcdef" * 2,
        "scan_code": scan_code(CARD, b"k" * 32),
        "state": CardState.ACTIVE,
        "version": 3,
        "last_modified": NOW,
        "announcement": Announcement.BALANCE,
        "language": Language.RU,
        "balance": 145,
        "discount_bp": 750,
        "level_name": LocalText(ru="Серебро", en="Silver"),
        "next_level_name": LocalText(ru="Золото", en="Gold"),
        "next_level_discount_bp": 1_000,
        "missing_minor": 120_050,
        "accrual_bp": 500,
    }
    return CardFace(**{**shown, **changes})


def fields(document: dict[str, Any]) -> list[dict[str, Any]]:
    style = document["storeCard"]
    return [field for place in style.values() for field in place]


def test_a_store_card_shows_balance_discount_level_and_what_is_missing() -> None:
    content = pass_content(face(), "t" * 48, ORIGIN)

    shown = {field["key"]: field["value"] for field in fields(content.document)}
    assert (shown["balance"], shown["discount"], shown["level"]) == (145, 0.075, "Silver")
    assert content.translations["ru"][shown["next"]] == "1\N{NO-BREAK SPACE}200,50\N{NO-BREAK SPACE}₽"


@pytest.mark.parametrize(
    ("announcement", "announcing"),
    [(Announcement.NOTHING, []), (Announcement.BALANCE, ["balance"]), (Announcement.LEVEL, ["discount"])],
)
def test_one_field_at_most_announces_a_change(announcement: Announcement, announcing: list[str]) -> None:
    content = pass_content(face(announcement=announcement), "t" * 48, ORIGIN)

    spoken = [field for field in fields(content.document) if "changeMessage" in field]
    assert [field["key"] for field in spoken] == announcing
    assert all("%@" in field["changeMessage"] for field in spoken)


def test_every_text_a_person_reads_is_translated() -> None:
    content = pass_content(face(announcement=Announcement.LEVEL), "t" * 48, ORIGIN)

    russian = content.translations["ru"]
    texts = {content.document[name] for name in ("organizationName", "description", "logoText")}
    for field in fields(content.document):
        texts |= {field["label"], field.get("changeMessage", field["label"])}
    assert texts <= set(russian)
    assert all(russian[text] != text for text in texts)
    assert content.translations["en"] == {text: text for text in russian}


def test_keys_are_unique_and_numbers_carry_one_style() -> None:
    shown = fields(pass_content(face(), "t" * 48, ORIGIN).document)

    assert len({field["key"] for field in shown}) == len(shown)
    assert all(not ("numberStyle" in field and "currencyCode" in field) for field in shown)


@pytest.mark.parametrize(("state", "voided"), [(CardState.BLOCKED, False), (CardState.VOIDED, True)])
def test_a_card_that_is_not_active_has_no_code_to_scan(state: CardState, *, voided: bool) -> None:
    document = pass_content(face(state=state), "t" * 48, ORIGIN).document

    assert "barcodes" not in document
    assert document.get("voided", False) is voided


def test_the_pass_names_nobody() -> None:
    content = pass_content(face(), "t" * 48, ORIGIN)

    assert "member" not in str(content.document).lower()
    assert "+7" not in str(content.document)
