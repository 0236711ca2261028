"""The pieces Google's bodies are made of: images, texts, links, places, codes, money and times."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from babel.numbers import get_currency_precision

from offers.engine.rotating_codes import google_pattern, google_totp_details
from offers.model.design import CardDesign
from offers.model.design_parts import CodeFormat
from offers.model.face import FaceValue, Shape
from offers.model.ids import CardId
from offers.model.programme import Language, LocalText
from wallet.google.texts import clip, localized, twins
from web.face_texts import value_text

# How many characters Google shows, by its own field descriptions.
NAME_CHARS: Final = 20
PROVIDER_CHARS: Final = 12
TITLE_CHARS: Final = 60
LABEL_CHARS: Final = 9
BALANCE_CHARS: Final = 7
HEADER_CHARS: Final = 35
BODY_CHARS: Final = 500
LINK_CHARS: Final = 20
PLACES: Final = 10
LARGEST_COUNT: Final = 2**31 - 1  # a count travels as an int32
MICROS_DIGITS: Final = 6
NOTHING: Final = "—"

CODES: Final = {CodeFormat.PDF417: "PDF_417", CodeFormat.AZTEC: "AZTEC", CodeFormat.CODE128: "CODE_128"}
"""The other formats cannot write a card code: their alphabets have no lower case letters."""
ROTATING_CODES: Final = frozenset({"QR_CODE", "PDF_417"})

Body = dict[str, Any]


def image(uri: str, description: LocalText, first: Language) -> Body:
    """Refer to a public picture whose address changes with its content: Google keeps it by address."""
    return {
        "sourceUri": {"uri": uri},
        "contentDescription": localized(description, first=first, limit_chars=BODY_CHARS),
    }


def text_module(text_id: str, header: LocalText, body: LocalText, first: Language) -> Body:
    return {
        "id": text_id,
        **twins("header", header, first=first, limit_chars=HEADER_CHARS),
        **twins("body", body, first=first, limit_chars=BODY_CHARS),
    }


def link(link_id: str, label: LocalText, url: str, first: Language) -> Body:
    return {"id": link_id, "uri": url, **twins("description", label, first=first, limit_chars=LINK_CHARS)}


def places(design: CardDesign) -> list[Body]:
    """Where the card comes forward: at most ten, Google rejects more."""
    return [{"latitude": each.latitude, "longitude": each.longitude} for each in design.places[:PLACES]]


def card_rows(rows: tuple[tuple[str, ...], ...]) -> list[Body]:
    """Lay field paths out as the rows of a card's front."""
    return [_row([{"firstValue": {"fields": [{"fieldPath": path}]}} for path in row]) for row in rows]


def _row(items: list[Body]) -> Body:
    match items:
        case [only]:
            return {"oneItem": {"item": only}}
        case [start, end]:
            return {"twoItems": {"startItem": start, "endItem": end}}
        case [start, middle, end]:
            return {"threeItems": {"startItem": start, "middleItem": middle, "endItem": end}}
        case _:
            raise ValueError(f"a row has one to three items, not {len(items)}")


def code_type(design: CardDesign) -> str:
    return CODES.get(design.code_format, "QR_CODE")


def barcode(design: CardDesign, code: str) -> Body:
    body = {"type": code_type(design), "value": code, "renderEncoding": "UTF_8"}
    return {**body, "alternateText": code} if design.shows_code_text else body


def rotating_barcode(design: CardDesign, card_id: CardId, key: bytes) -> Body:
    """Let the phone itself make the codes of the bot and the web card. The key is in it: by the API alone."""
    return {
        "type": code_type(design),
        "valuePattern": google_pattern(card_id),
        "renderEncoding": "UTF_8",
        "totpDetails": google_totp_details(key),
    }


def money(minor: int, currency: str) -> Body:
    """Write an amount in millionths of its currency, as a text: it is an int64."""
    micros = minor * 10 ** (MICROS_DIGITS - get_currency_precision(currency))
    return {"micros": str(micros), "currencyCode": currency}


def balance(value: FaceValue | None, language: Language) -> Body:
    """Write a value as points are: exactly one form. What is not there is a dash, for a PATCH keeps what it misses."""
    if value is None:
        return {"string": NOTHING}
    if value.shape is Shape.COUNT:
        return {"int": max(-LARGEST_COUNT, min(value.number, LARGEST_COUNT))}
    if value.shape is Shape.MONEY:
        return {"money": money(value.number, value.currency)}
    return {"string": clip(value_text(value, language), BALANCE_CHARS)}


def date(at: datetime) -> Mapping[str, str]:
    """Write an instant with its offset."""
    return {"date": at.astimezone(UTC).isoformat().replace("+00:00", "Z")}
