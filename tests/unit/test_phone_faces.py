"""What the page draws from a Google card, a chat, a link, and the steps of the walk."""

from datetime import UTC, datetime
from typing import Any

import pytest

from locales.catalogue import gettext
from sandbox.phone.chat_face import spans
from sandbox.phone.codes import QUIET_MODULES, draw_code
from sandbox.phone.google_face import facts_of, google_face
from sandbox.phone.links import NotACardLink, card_token
from sandbox.phone.news import DeviceNews
from sandbox.phone.page.screen import SCRIPT_TEXTS
from sandbox.phone.steps import write_news
from sandbox.phone.timeline import TEXTS, Timeline

OURS = "http://127.0.0.1:8080"
TOKEN = "01m80ebpbf0bkgvcw9vfa8j0rzgr5wm1gagjk"
AT = datetime(2026, 3, 11, 14, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        TOKEN,
        f" {OURS}/c/{TOKEN}\n",
        f"{OURS}/c/{TOKEN}.pkpass",
        f"{OURS}/c/{TOKEN}/google",
        f"{OURS}/c/{TOKEN}?lang=ru",
    ],
)
def test_a_card_is_named_by_any_of_its_links(text: str) -> None:
    assert card_token(text, OURS) == TOKEN


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        f"https://evil.example/c/{TOKEN}",
        f"http://127.0.0.1:8081/c/{TOKEN}",
        f"{OURS}/till",
        f"{OURS}/c/../{TOKEN}",
        f"/c/{TOKEN}",
        "http://[",
        "x" * 5000,
    ],
)
def test_nothing_else_is_followed(text: str) -> None:
    with pytest.raises(NotACardLink):
        card_token(text, OURS)


def test_a_service_under_a_path_is_ours_too() -> None:
    assert card_token(f"{OURS}/loyalty/c/{TOKEN}", f"{OURS}/loyalty") == TOKEN


def twin(english: str, russian: str) -> dict[str, Any]:
    return {
        "defaultValue": {"language": "ru", "value": russian},
        "translatedValues": [{"language": "en", "value": english}],
    }


CLASS = {
    "programName": "Кофейня",
    "localizedProgramName": twin("Coffee house", "Кофейня"),
    "issuerName": "Кофейня",
    "hexBackgroundColor": "#3b2a20",
    "heroImage": {"sourceUri": {"uri": "http://127.0.0.1/hero.png"}},
    "classTemplateInfo": {
        "cardTemplateOverride": {
            "cardRowTemplateInfos": [
                {
                    "twoItems": {
                        "startItem": {"firstValue": {"fields": [{"fieldPath": "object.loyaltyPoints.balance"}]}},
                        "endItem": {"firstValue": {"fields": [{"fieldPath": "object.secondaryLoyaltyPoints.balance"}]}},
                    }
                },
                {"oneItem": {"item": {"firstValue": {"fields": [{"fieldPath": "object.textModulesData['level']"}]}}}},
            ]
        }
    },
}


def held(**fields: Any) -> dict[str, Any]:
    return {
        "id": "1.card",
        "state": "ACTIVE",
        "loyaltyPoints": {"label": "Баллы", "localizedLabel": twin("Points", "Баллы"), "balance": {"int": 12500}},
        "barcode": {"type": "QR_CODE", "value": "TSR1.x"},
        "textModulesData": [
            {"id": "level", "header": "Уровень", "localizedHeader": twin("Level", "Уровень"), "body": "Gold"},
            {"id": "rules", "header": "Rules", "body": "A long text that explains how everything works here"},
        ],
        **fields,
    }


def test_a_google_card_follows_its_template_in_the_language_of_the_reader() -> None:
    english = google_face(held(), CLASS, "en", at=AT, changed_at="")
    russian = google_face(held(), CLASS, "ru", at=AT, changed_at="")

    assert [[(item["label"], item["value"]) for item in row] for row in english["rows"]] == [
        [("Points", "12,500")],
        [("Level", "Gold")],
    ]
    assert (english["programme"], russian["programme"]) == ("Coffee house", "Кофейня")
    assert russian["rows"][0][0]["value"] == "12\N{NO-BREAK SPACE}500"
    assert [each["header"] for each in english["details"]] == ["Rules"]
    assert english["logo"] is None
    assert english["hero"].startswith("/google/1.card/heroImage-")


@pytest.mark.parametrize(
    ("balance", "shown"),
    [
        ({"int": 5}, "5"),
        ({"double": 1.5}, "1.5"),
        ({"string": "7.5 %"}, "7.5 %"),
        ({"money": {"micros": "42500000", "currencyCode": "USD"}}, "$42.50"),
    ],
)
def test_every_form_of_a_balance_is_written(balance: dict[str, Any], shown: str) -> None:
    face = google_face(held(loyaltyPoints={"label": "Points", "balance": balance}), {}, "en", at=AT, changed_at="")

    assert face["rows"][0][0]["value"] == shown


def test_what_is_seen_at_a_glance_leaves_long_advice_out() -> None:
    assert facts_of(held(), "en") == {"Points": "12,500", "Level": "Gold"}


def test_formatting_is_cut_by_utf16_units() -> None:
    entities = [
        {"type": "bold", "offset": 3, "length": 4},
        {"type": "text_link", "offset": 5, "length": 2, "url": "https://example.com"},
    ]

    cut = spans("💳 bold!", entities)

    assert [(each["text"], each["styles"], each.get("address")) for each in cut] == [
        ("💳 ", [], None),
        ("bo", ["bold"], None),
        ("ld", ["bold"], "https://example.com"),
        ("!", [], None),
    ]


def test_a_link_that_is_no_web_address_is_plain_text() -> None:
    cut = spans("here", [{"type": "text_link", "offset": 0, "length": 4, "url": "javascript:alert(1)"}])

    assert cut == [{"text": "here", "styles": []}]


def test_a_code_is_drawn_with_its_quiet_zone() -> None:
    drawing = draw_code("TSR1.x")

    assert drawing["side"] == 21 + 2 * QUIET_MODULES
    assert drawing["path"].startswith(f"M{QUIET_MODULES} {QUIET_MODULES}h7v1h-7z")


def test_steps_speak_both_languages() -> None:
    timeline = Timeline()
    facts = {"text_ru": "Баллов: 5", "text_en": "Points: 5"}
    write_news(timeline, DeviceNews(verb="noticed", at=AT, serial="0123456789", facts=facts))
    write_news(timeline, DeviceNews(verb="listed", at=AT, facts={"count": 2}))
    write_news(timeline, DeviceNews(verb="refused", at=AT, facts={"code": "file_missing", "name": "icon.png"}))

    assert [step.text("ru") for step in timeline.steps] == [
        "На экране блокировки: «Баллов: 5»",
        "Телефон спросил, что изменилось: 2 карты.",
        "Телефон не берёт карту. В архиве нет icon.png.",
    ]
    assert [step.text("en") for step in timeline.steps] == [
        "The lock screen says: “Points: 5”",
        "The phone asked what changed: 2 cards.",
        "The phone does not take the card. The package has no icon.png.",
    ]
    assert timeline.steps[1].detail("en").endswith("→ 200")


def test_every_text_of_the_page_and_its_steps_has_its_russian() -> None:
    blanks = dict.fromkeys(("size", "text", "reason", "changed", "name", "seconds", "number"), "x")
    texts = [*SCRIPT_TEXTS.values(), *(text for text, _ in TEXTS.values())]

    assert [text for text in texts if gettext("ru", text, **blanks) == text.format(**blanks)] == []
