"""What a pass carries beside its fields: codes, places, dates, contactless, buttons, and enrolment on the phone."""

import json
import re
from datetime import UTC, datetime
from typing import Any

from offers.engine.card_face import CardFace
from offers.model.card import CardState
from offers.model.design import Bound
from offers.model.design_parts import CodeFormat, GeoPlace, PersonalField, RelevantTime
from offers.model.face import Shape
from offers.model.programme import Language
from wallet.apple.fields import major
from wallet.apple.texts import PassTexts

MAX_PLACES = 10
MAX_ACTIONS = 2
ENCODING = "iso-8859-1"

Written = dict[str, Any]

_FORMATS: dict[CodeFormat, str] = {
    CodeFormat.QR: "PKBarcodeFormatQR",
    CodeFormat.PDF417: "PKBarcodeFormatPDF417",
    CodeFormat.AZTEC: "PKBarcodeFormatAztec",
    CodeFormat.CODE128: "PKBarcodeFormatCode128",
    CodeFormat.CODE39: "PKBarcodeFormatCode39",
    CodeFormat.CODABAR: "PKBarcodeFormatCodabar",
    CodeFormat.EAN13: "PKBarcodeFormatEAN13",
    CodeFormat.INTERLEAVED: "PKBarcodeFormatI2of5",
}
# What an older phone or a watch cannot draw never stands alone: it takes the first code of the list that it can.
_EVERYWHERE = frozenset({CodeFormat.QR, CodeFormat.PDF417, CodeFormat.AZTEC})
_NUMBERS: dict[CodeFormat, re.Pattern[str]] = {
    CodeFormat.CODABAR: re.compile(r"\d{1,40}"),
    CodeFormat.EAN13: re.compile(r"\d{13}"),
    CodeFormat.INTERLEAVED: re.compile(r"(\d\d){1,20}"),
}
_PERSONAL: dict[PersonalField, str] = {
    PersonalField.NAME: "PKPassPersonalizationFieldName",
    PersonalField.POSTAL_CODE: "PKPassPersonalizationFieldPostalCode",
    PersonalField.EMAIL: "PKPassPersonalizationFieldEmailAddress",
    PersonalField.PHONE: "PKPassPersonalizationFieldPhoneNumber",
}


def codes(face: CardFace) -> Written:
    """Write `barcodes`, and `barcode` for iOS 8; a card that cannot be used has none to scan."""
    if face.state is not CardState.ACTIVE or face.is_expired:
        return {}
    written = [_code(face, wanted, message) for wanted, message in _messages(face)]
    plain = next(each for each in written if each["format"] in {_FORMATS[one] for one in _EVERYWHERE})
    return {"barcodes": written, "barcode": plain}


def _messages(face: CardFace) -> list[tuple[CodeFormat, str]]:
    """Give the design's own format first, and a QR code after one that not every device can draw.

    Codes of digits alone carry the member's number at the merchant, where it has the format's form.
    """
    wanted = face.design.code_format
    own: list[tuple[CodeFormat, str]] = []
    if wanted in _NUMBERS:
        number = face.member_number or ""
        own = [(wanted, number)] if _NUMBERS[wanted].fullmatch(number) and _adds_up(wanted, number) else []
    else:
        own = [(wanted, face.scan_code.upper() if wanted is CodeFormat.CODE39 else face.scan_code)]
    return own if wanted in _EVERYWHERE else [*own, (CodeFormat.QR, face.scan_code)]


def _adds_up(wanted: CodeFormat, number: str) -> bool:
    """An EAN-13 ends with its check digit (GS1 General Specifications, 7.9)."""
    if wanted is not CodeFormat.EAN13:
        return True
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(number))
    return weighted % 10 == 0


def _code(face: CardFace, wanted: CodeFormat, message: str) -> Written:
    code = {"format": _FORMATS[wanted], "message": message, "messageEncoding": ENCODING}
    return {**code, "altText": message} if face.design.shows_code_text else code


def surroundings(face: CardFace, texts: PassTexts) -> Written:
    """Write where and when the card comes forward, and until when it is good."""
    design = face.design
    found: Written = {
        "locations": [_place(each, texts) for each in design.places[:MAX_PLACES]],
        "beacons": [
            _without_none(
                proximityUUID=each.proximity_uuid,
                major=each.major,
                minor=each.minor,
                relevantText=texts.name(each.text) if each.text else None,
            )
            for each in design.beacons[:MAX_PLACES]
        ],
        "maxDistance": design.max_distance_m,
        "relevantDates": [_relevant(each) for each in design.relevant],
        "relevantDate": _instant(design.relevant[0].starts_at) if design.relevant else None,
        "expirationDate": _instant(face.expires_at) if face.expires_at else None,
    }
    return {name: value for name, value in found.items() if value not in (None, [])}


def contactless(face: CardFace) -> Written:
    nfc = face.design.nfc
    if nfc is None or face.state is not CardState.ACTIVE or face.is_expired:
        return {}
    return {
        "nfc": {
            "message": face.scan_code,
            "encryptionPublicKey": nfc.public_key,
            "requiresAuthentication": nfc.requires_authentication,
        }
    }


def actions(face: CardFace) -> Written:
    """Write the buttons of iOS 27; older systems pass over a key they do not know."""
    written = [
        _without_none(identifier=each.key, type=each.type.value, url=each.url, placeIdentifier=each.place)
        for each in face.design.actions[:MAX_ACTIONS]
    ]
    return {"featuredActions": written} if written else {}


def semantics(face: CardFace) -> Written:
    """Write what a machine may want to know: the programme, the level, the money on the card."""
    found: Written = {"membershipProgramName": face.title.en}
    if face.level_name is not None:
        found["membershipProgramStatus"] = face.level_name.en
    prepaid = face.value(Bound.PREPAID_BALANCE)
    if prepaid is not None and prepaid.shape is Shape.MONEY:
        found["balance"] = {"amount": str(major(prepaid)), "currencyCode": prepaid.currency}
    return {"semantics": found}


def personalization(face: CardFace, language: Language) -> bytes | None:
    """Write personalization.json while the card waits for its member's details; only contactless cards may ask.

    https://developer.apple.com/documentation/walletpasses/personalize
    """
    asked = face.design.personalisation
    if asked is None or face.design.nfc is None or face.is_personalised or face.state is not CardState.ACTIVE:
        return None
    document: Written = {
        "description": asked.description(language),
        "requiredPersonalizationFields": [_PERSONAL[each] for each in asked.fields],
    }
    if asked.terms is not None:
        document["termsAndConditions"] = asked.terms(language)
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _place(place: GeoPlace, texts: PassTexts) -> Written:
    return _without_none(
        latitude=place.latitude,
        longitude=place.longitude,
        altitude=place.altitude_m,
        relevantText=texts.name(place.text) if place.text else None,
    )


def _relevant(time: RelevantTime) -> Written:
    """Write one entry; iOS 18 reads `relevantDate`, iOS 26 `date`."""
    if time.ends_at is not None:
        return {"startDate": _instant(time.starts_at), "endDate": _instant(time.ends_at)}
    return {"date": _instant(time.starts_at), "relevantDate": _instant(time.starts_at)}


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _without_none(**facts: object) -> Written:
    return {name: value for name, value in facts.items() if value is not None}
