"""What all cards of a design share, as Google's class. Pure, no personal data."""

from dataclasses import dataclass
from typing import Final

from locales.numbers import percent
from offers.engine.card_look import CardLook
from offers.model.design import MAIN_DESIGN, Bound, CardDesign
from offers.model.ids import ProgrammeId
from offers.model.programme import Language, LocalText, Programme
from wallet.google.kinds import Kind, class_kind
from wallet.google.parts import (
    BODY_CHARS,
    LINK_CHARS,
    NAME_CHARS,
    PROVIDER_CHARS,
    TITLE_CHARS,
    Body,
    card_rows,
    image,
    link,
    places,
    text_module,
)
from wallet.google.slots import MODULES, slots_of
from wallet.google.texts import both, clip, localized, twins

NEWS: Final = "_news"
"""Ids of our own texts begin with a line, so that no field of a design is called the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Public addresses. Pictures change theirs with their content, because Google keeps them by address.

    `callback` must be https outside a sandbox; None: Google reports nothing.
    """

    logo: str
    banner: str | None = None
    wide_logo: str | None = None
    home: str | None = None
    callback: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassSubject:
    """A design of a programme, and how its cards look to everybody now."""

    programme: Programme
    design: CardDesign
    look: CardLook

    @property
    def title(self) -> LocalText:
        return self.design.title or self.programme.name

    @property
    def first(self) -> Language:
        return self.programme.default_language


def class_id(issuer_id: str, programme_id: ProgrammeId, design: CardDesign) -> str:
    """Name the class: the main design's by the programme alone."""
    own = "" if design.slug == MAIN_DESIGN else f".{design.slug}"
    return f"{issuer_id}.{programme_id}{own}"


def class_body(subject: ClassSubject, *, issuer_id: str, addresses: Addresses) -> Body:
    """Describe what all cards of a design share.

    `reviewStatus` is sent every time: Google refuses an update without it. Lists are sent when they are empty, too: a
    PATCH keeps what it does not name.
    """
    programme, design, look, first = subject.programme, subject.design, subject.look, subject.first
    body: Body = {
        "id": class_id(issuer_id, programme.id, design),
        "reviewStatus": "UNDER_REVIEW",
        **twins("issuerName", programme.name, first=first, limit_chars=NAME_CHARS),
        **_of_kind(subject, addresses),
        "hexBackgroundColor": look.colours.background,
        "multipleDevicesAndHoldersAllowedStatus": (
            "MULTIPLE_HOLDERS" if design.sharing_allowed else "ONE_USER_ALL_DEVICES"
        ),
        "securityAnimation": {"animationType": "FOIL_SHIMMER" if design.is_shimmering else "ANIMATION_UNSPECIFIED"},
        "classTemplateInfo": {"cardTemplateOverride": {"cardRowTemplateInfos": card_rows(slots_of(design).rows)}},
        "textModulesData": _texts(subject),
        "linksModuleData": {"uris": [link(each.key, each.label, each.url, first) for each in design.links]},
        "merchantLocations": places(design),
    }
    if addresses.banner is not None:
        body["heroImage"] = image(addresses.banner, subject.title, first)
    if addresses.home is not None:
        body["homepageUri"] = {
            "uri": addresses.home,
            "description": clip(programme.name(first), LINK_CHARS),
            "localizedDescription": localized(programme.name, first=first, limit_chars=LINK_CHARS),
        }
    if addresses.callback is not None:
        body["callbackOptions"] = {"url": addresses.callback}
    return body


def _of_kind(subject: ClassSubject, addresses: Addresses) -> Body:
    """Give what one kind of class has and the others have not, with the rest of what Google requires."""
    match class_kind(subject.design.kind):
        case Kind.OFFER_CLASS:
            return _offer(subject, addresses)
        case Kind.GIFT_CARD_CLASS:
            return _gift_card(subject, addresses)
        case _:
            return _loyalty(subject, addresses)


def _loyalty(subject: ClassSubject, addresses: Addresses) -> Body:
    first = subject.first
    return {
        **twins("programName", subject.title, first=first, limit_chars=NAME_CHARS),
        "programLogo": image(addresses.logo, subject.programme.name, first),
        **_wide("wideProgramLogo", subject, addresses),
        **twins("accountIdLabel", both("Number"), first=first, limit_chars=15),
        **twins("accountNameLabel", both("Name"), first=first, limit_chars=15),
    }


def _offer(subject: ClassSubject, addresses: Addresses) -> Body:
    first, design = subject.first, subject.design
    body: Body = {
        **twins("provider", subject.programme.name, first=first, limit_chars=PROVIDER_CHARS),
        **twins("title", subject.title, first=first, limit_chars=TITLE_CHARS),
        **twins("shortTitle", subject.title, first=first, limit_chars=NAME_CHARS),
        "titleImage": image(addresses.logo, subject.programme.name, first),
        **_wide("wideTitleImage", subject, addresses),
        "redemptionChannel": "BOTH",
    }
    if design.description is not None:
        body |= twins("details", design.description, first=first, limit_chars=BODY_CHARS)
    if design.terms is not None:
        body |= twins("finePrint", design.terms, first=first, limit_chars=BODY_CHARS)
    return body


def _gift_card(subject: ClassSubject, addresses: Addresses) -> Body:
    first = subject.first
    return {
        **twins("merchantName", subject.title, first=first, limit_chars=NAME_CHARS),
        "programLogo": image(addresses.logo, subject.programme.name, first),
        **_wide("wideProgramLogo", subject, addresses),
        **twins("cardNumberLabel", both("Card number"), first=first, limit_chars=NAME_CHARS),
        "allowBarcodeRedemption": True,
    }


def _wide(name: str, subject: ClassSubject, addresses: Addresses) -> Body:
    """Write the wide logo, which Google shows in place of the round one; without it, nothing."""
    if addresses.wide_logo is None:
        return {}
    return {name: image(addresses.wide_logo, subject.programme.name, subject.first)}


def _texts(subject: ClassSubject) -> list[Body]:
    """Write what is the same on every card: what a layer says to everybody first, then the design's own words."""
    first, design = subject.first, subject.design
    texts = []
    if subject.look.text is not None:
        texts.append(text_module(NEWS, both("News"), subject.look.text, first))
    if subject.look.discount_bp is not None:
        # On the class, so that a happy hour is one call; the figure on a card follows with that card's next change.
        shown = subject.look.discount_bp
        rate = LocalText(ru=percent("ru", shown), en=percent("en", shown))
        texts.append(text_module("_discount", both("Discount now"), rate, first))
    is_offer = class_kind(design.kind) is Kind.OFFER_CLASS
    if design.description is not None and not is_offer:
        texts.append(text_module("_about", both("About"), design.description, first))
    texts += [
        text_module(each.key, each.label or both("About"), each.text, first)
        for each in design.fields
        if each.bound is Bound.TEXT and each.text is not None
    ]
    if design.terms is not None and not is_offer:
        texts.append(text_module("_terms", both("Terms"), design.terms, first))
    return texts[:MODULES]
