"""A card's fields in words: the usual names of what they are bound to, and their values in each language."""

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date

from locales.catalogue import gettext
from locales.numbers import count, money, percent
from offers.engine.card_face import CardFace
from offers.model.design import Bound, CardKind
from offers.model.face import FaceField, FaceValue, Shape
from offers.model.programme import Language, LocalText

TITLES: dict[Bound, str] = {
    Bound.TEXT: "About",
    Bound.PROGRAMME_NAME: "Programme",
    Bound.PROFILE_NUMBER: "Number",
    Bound.PROFILE_NAME: "Cardholder",
    Bound.PROFILE_SINCE: "Member since",
    Bound.PROFILE_PURCHASES: "Purchases",
    Bound.CARD_CODE: "Card code",
    Bound.CARD_EXPIRES: "Valid until",
    Bound.POINTS: "Points",
    Bound.POINTS_PENDING: "Pending",
    Bound.POINTS_EXPIRING: "Expiring",
    Bound.POINTS_EXPIRE_ON: "Expire on",
    Bound.POINTS_WORTH: "Cashback",
    Bound.LEVEL_NAME: "Level",
    Bound.LEVEL_DISCOUNT: "Discount",
    Bound.LEVEL_ACCRUAL: "Points back",
    Bound.LEVEL_NEXT: "Next level",
    Bound.LEVEL_MISSING: "To the next level",
    Bound.STAMPS_TITLE: "Reward",
    Bound.STAMPS_COLLECTED: "Stamps",
    Bound.STAMPS_LEFT: "To go",
    Bound.STAMPS_ROW: "Stamps",
    Bound.COUPONS_COUNT: "Coupons",
    Bound.COUPON_TITLE: "Coupon",
    Bound.COUPON_USES_LEFT: "Uses left",
    Bound.COUPON_UNTIL: "Valid until",
    Bound.COUPON_AGAIN: "Again from",
    Bound.PREPAID_BALANCE: "Balance",
    Bound.LAYER_TEXT: "News",
}
"""What a field is called when its design does not say otherwise."""

COLLECTED, MISSING_YET = "●", "○"
LONGEST_ROW = 12
"""More stamps than these are written as a number: the row would not fit on a phone."""


def label_text(field: FaceField, face: CardFace, language: Language) -> str:
    """Give what the field is called."""
    if field.label is not None:
        return field.label(language)
    if field.bound is Bound.LEVEL_MISSING and face.next_level_name is not None:
        return gettext(language.value, "To {level}", level=face.next_level_name(language))
    if field.bound is Bound.COUPON_USES_LEFT and face.kind is CardKind.MULTIPASS:
        return gettext(language.value, "Visits left")
    return gettext(language.value, TITLES[field.bound])


def field_text(field: FaceField, language: Language) -> str:
    """Give what the field shows."""
    value = field.value
    if value.shape is Shape.STAMPS and field.bound is Bound.STAMPS_ROW and value.of <= LONGEST_ROW:
        collected = min(value.number, value.of)
        return COLLECTED * collected + MISSING_YET * (value.of - collected)
    return value_text(value, language)


def value_text(value: FaceValue, language: Language) -> str:
    """Write a value as people of the language do."""
    match value.shape:
        case Shape.TEXT:
            return value.text(language) if value.text else ""
        case Shape.COUNT:
            return count(language.value, value.number)
        case Shape.PERCENT:
            return percent(language.value, value.number)
        case Shape.MONEY:
            return money(language.value, value.number, value.currency)
        case Shape.STAMPS:
            return f"{count(language.value, value.number)}/{count(language.value, value.of)}"
        case Shape.DAY:
            return day_text(language, value.at, value.zone) if value.at is not None else ""


def local_label(field: FaceField, face: CardFace) -> LocalText:
    """Give the label in both languages."""
    return LocalText(ru=label_text(field, face, Language.RU), en=label_text(field, face, Language.EN))


def local_value(field: FaceField) -> LocalText:
    """Give the value in both languages."""
    return LocalText(ru=field_text(field, Language.RU), en=field_text(field, Language.EN))


def day_text(language: Language, at: datetime, zone: str) -> str:
    """Write an instant as the day it is in a zone: `14 мар. 2026`."""
    return format_date(at.astimezone(ZoneInfo(zone)).date(), "d MMM y", locale=language.value)
