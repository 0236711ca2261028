"""A face's fields as Apple's: each place has room for a few, and one field at most announces the change."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from babel.numbers import get_currency_precision

from locales.catalogue import gettext
from locales.numbers import percent
from offers.engine.card_face import CardFace
from offers.model.design import Bound, CardKind, Place
from offers.model.face import FaceField, FaceValue, Shape
from offers.model.programme import BASIS_POINTS
from wallet.apple.texts import PassTexts
from web.face_texts import local_label, local_value

Written = dict[str, Any]

HEADER_ROOM, PRIMARY_ROOM, LOWER_ROOM = 3, 1, 4
"""How many fields storeCard, coupon and generic show: in the header, on the strip, and in the two rows together."""
POSTER_HEADER_ROOM, POSTER_PRIMARY_ROOM, POSTER_FOOTER_ROOM = 1, 4, 1

STYLES: dict[CardKind, str] = dict.fromkeys(CardKind, "storeCard") | {
    CardKind.COUPON: "coupon",
    CardKind.MEMBERSHIP: "generic",
}

TEXTS: dict[Bound, str] = {
    Bound.POINTS: "Points on the card: %@",
    Bound.POINTS_WORTH: "Cashback on the card: %@",
    Bound.PREPAID_BALANCE: "Balance of the card: %@",
    Bound.STAMPS_COLLECTED: "Stamps collected: %@",
    Bound.STAMPS_LEFT: "Stamps to go: %@",
    Bound.COUPON_USES_LEFT: "Uses left: %@",
    Bound.LEVEL_DISCOUNT: "Your discount is now %@",
    Bound.LEVEL_NAME: "Your level is now %@",
}
"""What the lock screen says when a field changed; news speak for themselves."""


def classic(face: CardFace, texts: PassTexts) -> dict[str, list[Written]]:
    """Write the front of the classic style. Fields beyond a place's room are left out, the last ones first."""
    secondary = _at(face, Place.SECONDARY)[:LOWER_ROOM]
    auxiliary = _at(face, Place.AUXILIARY)[: LOWER_ROOM - len(secondary)]
    return {
        "headerFields": _front(_at(face, Place.HEADER)[:HEADER_ROOM], face, texts),
        "primaryFields": _front(_at(face, Place.PRIMARY)[:PRIMARY_ROOM], face, texts, may_align=False),
        "secondaryFields": _front(secondary, face, texts),
        "auxiliaryFields": _front(auxiliary, face, texts),
    }


def poster(face: CardFace, texts: PassTexts) -> dict[str, list[Written]]:
    """Write the iOS 27 poster: one header field, up to four below the artwork, and a footer."""
    header = _at(face, Place.HEADER)
    lower = [*_at(face, Place.PRIMARY), *_at(face, Place.SECONDARY), *_at(face, Place.AUXILIARY)]
    footer = [each for each in face.fields if each.bound is Bound.LAYER_TEXT]
    rest = [each for each in (*header[POSTER_HEADER_ROOM:], *lower) if each not in footer]
    return {
        "headerFields": _front(header[:POSTER_HEADER_ROOM], face, texts),
        "primaryFields": _front(rest[:POSTER_PRIMARY_ROOM], face, texts, may_align=False),
        "footerFields": _front(footer[:POSTER_FOOTER_ROOM], face, texts),
    }


def back(face: CardFace, texts: PassTexts) -> list[Written]:
    """Write the design's fields of the back."""
    return [_back_field(each, face, texts) for each in _at(face, Place.BACK)]


def _at(face: CardFace, place: Place) -> list[FaceField]:
    return [each for each in face.fields if each.place is place]


def _front(fields: Iterable[FaceField], face: CardFace, texts: PassTexts, *, may_align: bool = True) -> list[Written]:
    written = []
    for each in fields:
        label = local_label(each, face)
        shown = {"key": each.key, "label": texts.both(label.en.upper(), label.ru.upper()), **_value(each, texts)}
        written.append(shown | _announcing(each, texts))
    if may_align and len(written) > PRIMARY_ROOM:
        written[-1]["textAlignment"] = "PKTextAlignmentRight"
    return written


def _back_field(each: FaceField, face: CardFace, texts: PassTexts) -> Written:
    if each.bound is Bound.LEVEL_ACCRUAL and each.label is None:
        english, russian = (
            gettext(language, "{rate} of every purchase returns as points.", rate=percent(language, face.accrual_bp))
            for language in ("en", "ru")
        )
        return {"key": each.key, "label": texts.say("How it works"), "value": texts.both(english, russian)}
    shown = {"key": each.key, "label": texts.name(local_label(each, face)), **_value(each, texts)}
    return shown | _announcing(each, texts)


def _announcing(each: FaceField, texts: PassTexts) -> Written:
    """Give the line of the lock screen; `%@` is the new value, and a field without it stays silent."""
    if not each.announces:
        return {}
    if each.bound is Bound.LAYER_TEXT:
        return {"changeMessage": "%@"}
    return {"changeMessage": texts.say(TEXTS[each.bound])} if each.bound in TEXTS else {}


def _value(each: FaceField, texts: PassTexts) -> Written:
    value = each.value
    match value.shape:
        case Shape.COUNT:
            return {"value": value.number, "numberStyle": "PKNumberStyleDecimal"}
        case Shape.PERCENT if value.number % 100 == 0:
            return {"value": value.number / BASIS_POINTS, "numberStyle": "PKNumberStylePercent"}
        case Shape.MONEY:
            return {"value": major(value), "currencyCode": value.currency}
        case Shape.DAY if value.at is not None:
            return {"value": _local(value.at, value.zone), **_DAY_ALONE}
        case _:
            # Texts and stamps; and a fraction of a percent, which the phone's own style would round away.
            return {"value": texts.name(local_value(each))}


_DAY_ALONE: Written = {"dateStyle": "PKDateStyleMedium", "timeStyle": "PKDateStyleNone", "ignoresTimeZone": True}


def major(value: FaceValue) -> float | int:
    """Give money as a JSON number of its major unit: a whole one where there are no fractions."""
    amount = Decimal(value.number).scaleb(-get_currency_precision(value.currency))
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def _local(at: datetime, zone: str) -> str:
    return at.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds")
