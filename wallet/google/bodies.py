"""What Google is told: a programme as a LoyaltyClass, a card's face as a LoyaltyObject. Pure, no personal data."""

from typing import Any, Final

from locales.numbers import money, percent
from offers.engine.card_face import CardFace
from offers.engine.card_look import CardLook
from offers.model.card import CardState
from offers.model.programme import Language, LocalText, Programme
from wallet.google.texts import both, clip, localized, twins

# How many characters Google shows, by its own field descriptions.
NAME_CHARS: Final = 20
LABEL_CHARS: Final = 9
BALANCE_CHARS: Final = 7
HEADER_CHARS: Final = 35
BODY_CHARS: Final = 500
LARGEST_BALANCE: Final = 2**31 - 1  # the balance travels as an int32

STATES: Final = {
    CardState.ACTIVE: "ACTIVE",
    CardState.BLOCKED: "INACTIVE",
    CardState.VOIDED: "EXPIRED",
}

Body = dict[str, Any]


def class_id(issuer_id: str, programme: Programme) -> str:
    return f"{issuer_id}.{programme.id}"


def object_id(issuer_id: str, face: CardFace) -> str:
    return f"{issuer_id}.{face.serial}"


def class_body(
    programme: Programme,
    look: CardLook,
    *,
    issuer_id: str,
    logo_uri: str,
    banner_uri: str | None = None,
    home_uri: str | None = None,
    callback_uri: str | None = None,
) -> Body:
    """Describe what all cards of a programme share.

    Images must be public addresses that change with their content, because Google caches by address; the
    callback must be https. `reviewStatus` is sent every time: Google refuses an update without it.
    """
    first = programme.default_language
    body: Body = {
        "id": class_id(issuer_id, programme),
        "reviewStatus": "UNDER_REVIEW",
        **twins("issuerName", programme.name, first=first, limit_chars=NAME_CHARS),
        **twins("programName", programme.name, first=first, limit_chars=NAME_CHARS),
        "programLogo": _image(logo_uri, programme.name, first),
        "hexBackgroundColor": look.colours.background,
        "multipleDevicesAndHoldersAllowedStatus": "ONE_USER_ALL_DEVICES",
        "classTemplateInfo": {"cardTemplateOverride": {"cardRowTemplateInfos": _card_rows(programme)}},
    }
    if banner_uri is not None:
        body["heroImage"] = _image(banner_uri, programme.name, first)
    if home_uri is not None:
        body["homepageUri"] = {"uri": home_uri, "description": clip(programme.name(first), NAME_CHARS)}
    if callback_uri is not None:
        body["callbackOptions"] = {"url": callback_uri}
    return body


def object_body(face: CardFace, *, issuer_id: str, banner_uri: str | None = None, notify: bool = False) -> Body:
    """Describe one card. `notify` rings the phone if the balance changed: three times a day, says Google.

    Every field is sent every time, the discount of 0 % and an empty list of texts too: a PATCH keeps what
    it does not name, and a card must not show yesterday's level. `banner_uri` overrides the class's banner.
    """
    language = face.language
    body: Body = {
        "id": object_id(issuer_id, face),
        "classId": f"{issuer_id}.{face.programme_id}",
        "state": STATES[face.state],
        "loyaltyPoints": _points(both("Points"), {"int": min(face.balance, LARGEST_BALANCE)}, language),
        "secondaryLoyaltyPoints": _points(
            both("Discount"), {"string": clip(percent(language, face.discount_bp), BALANCE_CHARS)}, language
        ),
        "barcode": {"type": "QR_CODE", "value": face.scan_code, "renderEncoding": "UTF_8"},
        "textModulesData": _texts(face),
    }
    if banner_uri is not None:
        body["heroImage"] = _image(banner_uri, face.programme_name, language)
    if notify:
        body["notifyPreference"] = "NOTIFY_ON_UPDATE"
    return body


def message_body(*, message_id: str, header: LocalText, text: LocalText, first: Language, notify: bool = False) -> Body:
    """Describe a message for `GoogleWalletClient.add_message`; Google keeps ten on a card."""
    return {
        "id": message_id,
        "messageType": "TEXT_AND_NOTIFY" if notify else "TEXT",
        **twins("header", header, first=first, limit_chars=HEADER_CHARS),
        **twins("body", text, first=first, limit_chars=BODY_CHARS),
    }


def _points(label: LocalText, balance: Body, first: Language) -> Body:
    return {**twins("label", label, first=first, limit_chars=LABEL_CHARS), "balance": balance}


def _image(uri: str, description: LocalText, first: Language) -> Body:
    return {
        "sourceUri": {"uri": uri},
        "contentDescription": localized(description, first=first, limit_chars=BODY_CHARS),
    }


def _card_rows(programme: Programme) -> list[Body]:
    """Put points and discount side by side on the front, and the level under them where there are levels."""
    rows: list[Body] = [
        {
            "twoItems": {
                "startItem": _item("object.loyaltyPoints.balance"),
                "endItem": _item("object.secondaryLoyaltyPoints.balance"),
            }
        }
    ]
    if programme.terms.levels:
        rows.append({"oneItem": {"item": _item("object.textModulesData['level']")}})
    return rows


def _item(field_path: str) -> Body:
    return {"firstValue": {"fields": [{"fieldPath": field_path}]}}


def _texts(face: CardFace) -> list[Body]:
    texts = []
    if face.level_name is not None:
        texts.append(_text("level", both("Level"), face.level_name, face.language))
    if face.next_level_name is not None:
        advice = both(
            "Spend {amount} more and your discount becomes {discount}",
            amount=lambda language: money(language, face.missing_minor, face.currency),
            discount=lambda language: percent(language, face.next_level_discount_bp),
        )
        texts.append(_text("next_level", both("Next level"), advice, face.language))
    if face.accrual_bp > 0:
        share = both("{share} of every purchase", share=lambda language: percent(language, face.accrual_bp))
        texts.append(_text("accrual", both("Points for purchases"), share, face.language))
    return texts


def _text(text_id: str, header: LocalText, body: LocalText, first: Language) -> Body:
    return {
        "id": text_id,
        **twins("header", header, first=first, limit_chars=HEADER_CHARS),
        **twins("body", body, first=first, limit_chars=BODY_CHARS),
    }
