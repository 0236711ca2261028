"""A card's face as Apple's pass.json, with the Russian of every text in it.

The texts in the pass are English; the phone translates them by `ru.lproj/pass.strings`. Only the field that announces
the change carries a changeMessage: with two, the lock screen would say nothing but "changed".
"""

from dataclasses import dataclass, field
from typing import Any

from locales.catalogue import gettext
from offers.engine.card_face import CardFace
from offers.engine.colours import parse_colour
from offers.model.card import CardState
from offers.model.design import CardKind
from offers.model.programme import LocalText
from wallet.apple import extras, fields
from wallet.apple.texts import PassTexts

TITLES: dict[CardKind, str] = {
    CardKind.DISCOUNT: "Discount card",
    CardKind.BONUS: "Loyalty card",
    CardKind.STAMP: "Stamp card",
    CardKind.COUPON: "Coupon",
    CardKind.MEMBERSHIP: "Membership card",
    CardKind.GIFT: "Gift card",
    CardKind.MULTIPASS: "Multipass",
    CardKind.CASHBACK: "Cashback card",
}
"""What a card is called for those who cannot see it."""

PAGE = "Purchases and settings"
OPENED = "Open the card"
REPLACED = "This card was replaced by a new one and works no more. Add the new one from its page or from Telegram."


@dataclass(frozen=True, slots=True, kw_only=True)
class PassOrigin:
    """Who issues the pass, and where phones ask for news. `card_url` is the member's own page.

    `is_replaced`: the card is an old one, so the back begins with saying so.
    """

    pass_type: str
    team: str
    web_service_url: str
    card_url: str
    is_replaced: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PassContent:
    """`document` is pass.json; `translations` are the strings tables by language, `attachments` further files."""

    document: dict[str, Any]
    translations: dict[str, dict[str, str]]
    attachments: dict[str, bytes] = field(default_factory=dict)


def pass_content(face: CardFace, apple_token: str, origin: PassOrigin) -> PassContent:
    """Write the classic style of the card's kind with its design's fields, and the poster of iOS 27 beside it."""
    texts = PassTexts()
    front, back = fields.classic(face, texts), _back(face, texts, origin)
    document = {
        **_head(face, texts, apple_token, origin),
        fields.STYLES[face.kind]: {**front, "backFields": back},
        **extras.codes(face),
        **extras.surroundings(face, texts),
        **extras.contactless(face),
        **extras.actions(face),
        **extras.semantics(face),
    }
    if face.design.is_poster:
        document["posterGeneric"] = {**fields.poster(face, texts), "backFields": back}
    if face.state is CardState.VOIDED or face.is_expired:
        document["voided"] = True
    asked = extras.personalization(face, face.language)
    return PassContent(
        document=document,
        translations={"en": texts.english, "ru": texts.russian},
        attachments={"personalization.json": asked} if asked else {},
    )


def _head(face: CardFace, texts: PassTexts, apple_token: str, origin: PassOrigin) -> dict[str, Any]:
    colours = face.look.colours
    title = texts.name(face.title)
    described = face.design.description
    return {
        "formatVersion": 1,
        "passTypeIdentifier": origin.pass_type,
        "teamIdentifier": origin.team,
        "serialNumber": face.serial,
        "authenticationToken": apple_token,
        "webServiceURL": origin.web_service_url,
        "organizationName": texts.name(face.programme_name),
        "description": texts.name(described) if described else texts.say(TITLES[face.kind]),
        "logoText": title,
        "backgroundColor": rgb(colours.background),
        "foregroundColor": rgb(colours.foreground),
        "labelColor": rgb(colours.label),
        "sharingProhibited": not face.design.sharing_allowed,
    }


def _back(face: CardFace, texts: PassTexts, origin: PassOrigin) -> list[dict[str, Any]]:
    """Write the back: the design's fields, its terms and links, and the way to the member's own page."""
    written = fields.back(face, texts)
    if origin.is_replaced:
        written.insert(0, {"key": "replaced", "label": texts.say("Replaced"), "value": texts.say(REPLACED)})
    if face.design.terms is not None:
        written.append({"key": "terms", "label": texts.say("Terms"), "value": texts.name(face.design.terms)})
    for link in face.design.links:
        written.append(_link(f"link_{link.key}", link.label, link.url, link.label, texts))
    label = LocalText(ru=gettext("ru", PAGE), en=gettext("en", PAGE))
    opened = LocalText(ru=gettext("ru", OPENED), en=gettext("en", OPENED))
    written.append(_link("page", label, origin.card_url, opened, texts))
    return written


def _link(key: str, label: LocalText, url: str, opened: LocalText, texts: PassTexts) -> dict[str, Any]:
    """Write a link that says where it leads; `&` and `<` of an address are escaped, or the phone drops the field."""
    english, russian = (f'<a href="{escaped(url)}">{escaped(text)}</a>' for text in (opened.en, opened.ru))
    return {"key": key, "label": texts.name(label), "value": url, "attributedValue": texts.both(english, russian)}


def escaped(text: str) -> str:
    for plain, written in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        text = text.replace(plain, written)
    return text


def rgb(colour: str) -> str:
    red, green, blue = parse_colour(colour)
    return f"rgb({red},{green},{blue})"
