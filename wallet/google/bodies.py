"""What Google is told about one card: its face as a loyalty, offer or gift card object; and messages. Pure."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from offers.engine.card_face import CardFace
from offers.engine.card_look import CardLook
from offers.model.card import CardState
from offers.model.design import Bound, CardKind
from offers.model.face import FaceField
from offers.model.programme import Language, LocalText
from wallet.google.class_bodies import NEWS, class_id
from wallet.google.kinds import Kind, object_kind
from wallet.google.parts import (
    BODY_CHARS,
    HEADER_CHARS,
    LABEL_CHARS,
    NAME_CHARS,
    ROTATING_CODES,
    Body,
    balance,
    barcode,
    code_type,
    date,
    image,
    money,
    rotating_barcode,
    text_module,
)
from wallet.google.slots import MODULES, slots_of
from wallet.google.texts import both, clip, twins
from web.face_texts import TITLES as USUAL_TITLES
from web.face_texts import field_text, local_label, local_value

TITLES: Final[dict[Bound, str]] = {
    Bound.LEVEL_ACCRUAL: "Earn",
    Bound.COUPON_USES_LEFT: "Left",
    Bound.STAMPS_LEFT: "To go",
    Bound.PREPAID_BALANCE: "Balance",
}
"""What is said where the usual name is longer than the nine characters of a balance's label."""

MessageType = Literal["TEXT", "TEXT_AND_NOTIFY", "EXPIRATION_NOTIFICATION"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectSubject:
    """A card's face, and what all cards of its design show: only what differs from that is the object's own.

    `banner` is the public address of the card's own banner, where it has one. `rotating_key` None: a static code.
    `save_email` is whose Google account alone may save the card; None: anybody who has the link.
    """

    face: CardFace
    common: CardLook
    issued_at: datetime
    banner: str | None = None
    rotating_key: bytes | None = None
    save_email: str | None = None
    linked_offers: tuple[str, ...] = ()


def object_id(issuer_id: str, face: CardFace) -> str:
    return f"{issuer_id}.{face.serial}"


def object_body(subject: ObjectSubject, *, issuer_id: str, notify: bool = False) -> Body:
    """Describe one card. `notify` rings the phone if a loyalty card's balance changed: three times a day, says Google.

    What may disappear is sent when it is empty, too: a PATCH keeps what it does not name, and a card must not show
    yesterday's level.
    """
    face = subject.face
    kind = object_kind(face.kind)
    body: Body = {
        "id": object_id(issuer_id, face),
        "classId": class_id(issuer_id, face.programme_id, face.design),
        "state": state_of(face),
        "textModulesData": _texts(subject),
        "passConstraints": {"screenshotEligibility": "ELIGIBLE" if face.design.screenshots_allowed else "INELIGIBLE"},
        **_of_kind(kind, subject),
        **_codes(subject),
    }
    if face.expires_at is not None:
        body["validTimeInterval"] = {
            "start": date(min(subject.issued_at, face.expires_at - timedelta(seconds=1))),
            "end": date(face.expires_at),
        }
    if face.design.grouping is not None:
        body["groupingInfo"] = {"groupingId": f"{face.programme_id}.{face.design.grouping}"}
    if subject.save_email is not None:
        body["saveRestrictions"] = {"restrictToEmailSha256": _email_digest(subject.save_email)}
    if subject.banner is not None:
        body["heroImage"] = image(subject.banner, face.title, face.language)
    if notify and kind is Kind.OBJECT:
        body["notifyPreference"] = "NOTIFY_ON_UPDATE"
    return body


def state_of(face: CardFace) -> str:
    """Tell a card's state in Google's words; all but ACTIVE move it among the expired passes."""
    if face.state is CardState.BLOCKED:
        return "INACTIVE"
    if face.state is not CardState.ACTIVE or face.is_expired:
        return "EXPIRED"
    if face.kind in {CardKind.COUPON, CardKind.MULTIPASS}:
        if face.coupon is None:
            return "INACTIVE"
        return "COMPLETED" if face.coupon.is_over else "ACTIVE"
    return "ACTIVE"


def message_body(
    *,
    message_id: str,
    header: LocalText,
    text: LocalText,
    first: Language,
    message_type: MessageType = "TEXT",
    shown: tuple[datetime, datetime] | None = None,
) -> Body:
    """Describe a message for `GoogleWalletClient.add_message`; Google keeps ten on a card. All but TEXT ring."""
    body: Body = {
        "id": message_id,
        "messageType": message_type,
        **twins("header", header, first=first, limit_chars=HEADER_CHARS),
        **twins("body", text, first=first, limit_chars=BODY_CHARS),
    }
    if shown is not None:
        body["displayInterval"] = {"start": date(shown[0]), "end": date(shown[1])}
    return body


def _of_kind(kind: Kind, subject: ObjectSubject) -> Body:
    match kind:
        case Kind.OFFER_OBJECT:
            return {}
        case Kind.GIFT_CARD_OBJECT:
            return _gift_card(subject.face)
        case _:
            return {**_loyalty(subject.face), "linkedOfferIds": list(subject.linked_offers)}


def _loyalty(face: CardFace) -> Body:
    body: Body = {}
    measures = slots_of(face.design).measures
    for name, key in zip(("loyaltyPoints", "secondaryLoyaltyPoints"), measures, strict=False):
        shown = next((each for each in face.fields if each.key == key), None)
        bound = next(each.bound for each in face.design.fields if each.key == key)
        label = _short_label(shown, face) if shown else both(TITLES.get(bound) or USUAL_TITLES[bound])
        value = balance(shown.value if shown else None, face.language)
        body[name] = {**twins("label", label, first=face.language, limit_chars=LABEL_CHARS), "balance": value}
    for name, bound in (("accountId", Bound.PROFILE_NUMBER), ("accountName", Bound.PROFILE_NAME)):
        if shown := _field(face, bound):
            body[name] = clip(field_text(shown, face.language), NAME_CHARS)
    return body


def _gift_card(face: CardFace) -> Body:
    number = _field(face, Bound.PROFILE_NUMBER)
    return {
        "cardNumber": field_text(number, face.language) if number else face.serial,
        "balance": money(face.prepaid_minor, face.currency),
        "balanceUpdateTime": date(face.last_modified),
    }


def _codes(subject: ObjectSubject) -> Body:
    """Give the code to scan, and the rotating one that phones prefer; a card that is not active has none."""
    face = subject.face
    if state_of(face) != "ACTIVE":
        return {}
    body: Body = {"barcode": barcode(face.design, face.scan_code)}
    if subject.rotating_key is not None and code_type(face.design) in ROTATING_CODES:
        body["rotatingBarcode"] = rotating_barcode(face.design, face.card_id, subject.rotating_key)
    return body


def _texts(subject: ObjectSubject) -> list[Body]:
    face = subject.face
    texts = []
    if face.look.text is not None and face.look.text != subject.common.text:
        texts.append(text_module(NEWS, both("News"), face.look.text, face.language))
    by_key = {each.key: each for each in face.fields}
    shown = [by_key[key] for key in slots_of(face.design).modules if key in by_key]
    texts += [text_module(each.key, local_label(each, face), local_value(each), face.language) for each in shown]
    return texts[:MODULES]


def _short_label(field: FaceField, face: CardFace) -> LocalText:
    usual = local_label(field, face)
    if field.bound in TITLES and max(len(usual.ru), len(usual.en)) > LABEL_CHARS:
        return both(TITLES[field.bound])
    return usual


def _email_digest(email: str) -> str:
    """As Google compares it: of the address in lower case, without blanks."""
    return hashlib.sha256("".join(email.lower().split()).encode()).hexdigest()


def _field(face: CardFace, bound: Bound) -> FaceField | None:
    return next((each for each in face.fields if each.bound is bound), None)
