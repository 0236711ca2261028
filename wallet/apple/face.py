"""A card's face as Apple's pass.json, with the Russian of every text in it.

The texts in the pass are English; the phone translates them by `ru.lproj/pass.strings`. Only the field that announces
the change carries a changeMessage: with two, the lock screen would say nothing but "changed".
"""

from dataclasses import dataclass, field
from typing import Any

from locales.catalogue import gettext
from locales.numbers import money, percent
from offers.engine.card_face import CardFace
from offers.model.card import Announcement, CardState
from offers.model.programme import BASIS_POINTS, Language, LocalText
from wallet.palette import parse_colour


@dataclass(frozen=True, slots=True, kw_only=True)
class PassOrigin:
    """Who issues the pass, and where phones ask for news. `card_url` is the member's own page."""

    pass_type: str
    team: str
    web_service_url: str
    card_url: str


@dataclass(slots=True)
class _Texts:
    """Collects the texts a pass uses, English to Russian, while the pass is written."""

    russian: dict[str, str] = field(default_factory=dict)

    def say(self, message: str, **facts: object) -> str:
        english = gettext("en", message, **facts)
        self.russian[english] = gettext("ru", message, **facts)
        return english

    def name(self, text: LocalText) -> str:
        self.russian[text.en] = text.ru
        return text.en

    def both(self, english: str, russian: str) -> str:
        self.russian[english] = russian
        return english


@dataclass(frozen=True, slots=True, kw_only=True)
class PassContent:
    """`document` is pass.json; `translations` are the strings tables by language."""

    document: dict[str, Any]
    translations: dict[str, dict[str, str]]


def pass_content(face: CardFace, apple_token: str, origin: PassOrigin) -> PassContent:
    """Write a store card: balance in the header, discount and level below the banner, the rules on the back."""
    texts = _Texts()
    name = texts.name(face.programme_name)
    document = {
        "formatVersion": 1,
        "passTypeIdentifier": origin.pass_type,
        "teamIdentifier": origin.team,
        "serialNumber": face.serial,
        "authenticationToken": apple_token,
        "webServiceURL": origin.web_service_url,
        "organizationName": name,
        "description": texts.say("Loyalty card"),
        "logoText": name,
        "backgroundColor": _rgb(face.look.colours.background),
        "foregroundColor": _rgb(face.look.colours.foreground),
        "labelColor": _rgb(face.look.colours.label),
        "sharingProhibited": True,
        "storeCard": {
            "headerFields": [_balance(face, texts)],
            "secondaryFields": _level_fields(face, texts),
            "auxiliaryFields": [],
            "backFields": _back_fields(face, texts, origin),
        },
        **_code(face),
    }
    if face.state is CardState.VOIDED:
        document["voided"] = True
    return PassContent(
        document=document, translations={"en": {text: text for text in texts.russian}, "ru": texts.russian}
    )


def _code(face: CardFace) -> dict[str, Any]:
    """Give the barcode, for iOS 9 and later and before; a card that is not active has none to scan."""
    if face.state is not CardState.ACTIVE:
        return {}
    code = {"format": "PKBarcodeFormatQR", "message": face.scan_code, "messageEncoding": "iso-8859-1"}
    return {"barcodes": [code], "barcode": code}


def _balance(face: CardFace, texts: _Texts) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "key": "balance",
        "label": texts.say("POINTS"),
        "value": face.balance,
        "numberStyle": "PKNumberStyleDecimal",
    }
    if face.announcement is Announcement.BALANCE:
        shown["changeMessage"] = texts.say("Points on the card: %@")
    return shown


def _level_fields(face: CardFace, texts: _Texts) -> list[dict[str, Any]]:
    discount: dict[str, Any] = {
        "key": "discount",
        "label": texts.say("DISCOUNT"),
        "value": face.discount_bp / BASIS_POINTS,
        "numberStyle": "PKNumberStylePercent",
    }
    if face.announcement is Announcement.LEVEL:
        discount["changeMessage"] = texts.say("Your discount is now %@")
    fields = [discount]
    if face.level_name:
        fields.append({"key": "level", "label": texts.say("LEVEL"), "value": texts.name(face.level_name)})
    if face.next_level_name:
        missing = texts.both(
            money("en", face.missing_minor, face.currency), money("ru", face.missing_minor, face.currency)
        )
        label = texts.both(
            gettext("en", "TO {level}", level=face.next_level_name(Language.EN).upper()),
            gettext("ru", "TO {level}", level=face.next_level_name(Language.RU).upper()),
        )
        fields.append({"key": "next", "label": label, "value": missing, "textAlignment": "PKTextAlignmentRight"})
    return fields


def _back_fields(face: CardFace, texts: _Texts, origin: PassOrigin) -> list[dict[str, Any]]:
    rule = texts.both(
        gettext("en", "{rate} of every purchase returns as points.", rate=percent("en", face.accrual_bp)),
        gettext("ru", "{rate} of every purchase returns as points.", rate=percent("ru", face.accrual_bp)),
    )
    link = texts.both(
        f'<a href="{origin.card_url}">{gettext("en", "Open the card")}</a>',
        f'<a href="{origin.card_url}">{gettext("ru", "Open the card")}</a>',
    )
    return [
        {"key": "rules", "label": texts.say("How it works"), "value": rule},
        {"key": "code", "label": texts.say("Card code"), "value": face.scan_code},
        {
            "key": "page",
            "label": texts.say("Purchases and settings"),
            "value": origin.card_url,
            "attributedValue": link,
        },
    ]


def _rgb(colour: str) -> str:
    red, green, blue = parse_colour(colour)
    return f"rgb({red},{green},{blue})"
