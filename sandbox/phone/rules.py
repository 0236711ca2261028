"""What Wallet demands of pass.json as a whole."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from yarl import URL

from sandbox.phone.field_rules import check_fields
from sandbox.phone.refusals import PassRefused

STYLES: Final = ("storeCard", "coupon", "eventTicket", "generic", "boardingPass")
COLOURS: Final = ("backgroundColor", "foregroundColor", "labelColor", "stripColor")
BARCODE_FORMATS: Final = {
    "PKBarcodeFormatQR": "QR",
    "PKBarcodeFormatPDF417": "PDF417",
    "PKBarcodeFormatAztec": "Aztec",
    "PKBarcodeFormatCode128": "Code 128",
}
TOKEN_CHARS: Final = 16
LOCATIONS_LIMIT: Final = 10

_REQUIRED: Final = ("passTypeIdentifier", "serialNumber", "teamIdentifier", "organizationName", "description")
_RGB: Final = re.compile(r"rgb\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*\)")
_HEX: Final = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_CHANNEL_MOST: Final = 255
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})

Document = Mapping[str, Any]


def check_document(document: Any) -> None:
    """Raise PassRefused for the first thing Wallet would not take."""
    if not isinstance(document, dict):
        raise PassRefused("document_unreadable")
    if document.get("formatVersion") != 1:
        raise PassRefused("value_wrong", name="formatVersion", value=document.get("formatVersion"))
    for name in _REQUIRED:
        _check_text(document, name)
    for name in COLOURS:
        if name in document:
            read_colour(name, document[name])
    _check_service(document)
    _check_barcodes(document)
    _check_dates_and_places(document)
    check_fields(_style_dictionary(document), is_boarding_pass="boardingPass" in document)


def style_of(document: Document) -> str:
    """Give the name of the one style. Raises PassRefused."""
    styles = [style for style in STYLES if style in document]
    if len(styles) != 1:
        raise PassRefused("style_wrong", count=len(styles))
    return styles[0]


def read_colour(name: str, written: Any) -> str:
    """Give a colour as CSS writes it, `rgb(…)` or `#…` as it came. Raises PassRefused."""
    text = written if isinstance(written, str) else ""
    if found := _RGB.fullmatch(text):
        channels = [int(channel) for channel in found.groups()]
        if max(channels) <= _CHANNEL_MOST:
            return "rgb({}, {}, {})".format(*channels)
    if _HEX.fullmatch(text):
        return text
    raise PassRefused("value_wrong", name=name, value=written)


def _style_dictionary(document: Document) -> Mapping[str, Any]:
    style = style_of(document)
    fields = document[style]
    if not isinstance(fields, dict):
        raise PassRefused("value_wrong", name=style, value=fields)
    return fields


def _check_text(document: Document, name: str) -> None:
    if name not in document:
        raise PassRefused("field_missing", name=name)
    if not isinstance(document[name], str) or not document[name]:
        raise PassRefused("value_wrong", name=name, value=document[name])


def _check_service(document: Document) -> None:
    if "webServiceURL" not in document and "authenticationToken" not in document:
        return
    address, token = document.get("webServiceURL"), document.get("authenticationToken")
    if not isinstance(address, str) or not isinstance(token, str):
        raise PassRefused("service_incomplete")
    if len(token) < TOKEN_CHARS:
        raise PassRefused("token_short")
    try:
        url = URL(address)
    except ValueError as error:
        raise PassRefused("value_wrong", name="webServiceURL", value=address) from error
    # Without TLS to this very machine alone: what a phone in developer mode allows.
    if url.scheme != "https" and not (url.scheme == "http" and url.host in _LOOPBACK):
        raise PassRefused("service_insecure")


def _check_barcodes(document: Document) -> None:
    barcodes = document.get("barcodes", [])
    if not isinstance(barcodes, list):
        raise PassRefused("value_wrong", name="barcodes", value=barcodes)
    for barcode in barcodes:
        _check_barcode(barcode)
    if "barcode" in document:
        _check_barcode(document["barcode"])
        if document["barcode"]["format"] == "PKBarcodeFormatCode128":
            raise PassRefused("barcode_wrong", problem="Code 128 in the old barcode")


def _check_barcode(barcode: Any) -> None:
    if not isinstance(barcode, dict) or barcode.get("format") not in BARCODE_FORMATS:
        raise PassRefused("barcode_wrong", problem="an unknown format")
    message = barcode.get("message")
    if not isinstance(message, str) or not message:
        raise PassRefused("barcode_wrong", problem="no message")
    try:
        message.encode(str(barcode.get("messageEncoding")))
    except LookupError as error:
        raise PassRefused("barcode_wrong", problem="an unknown encoding") from error
    except UnicodeEncodeError as error:
        raise PassRefused("barcode_wrong", problem="the message does not fit its encoding") from error


def _check_dates_and_places(document: Document) -> None:
    if "expirationDate" in document and not is_instant(document["expirationDate"]):
        raise PassRefused("value_wrong", name="expirationDate", value=document["expirationDate"])
    locations = document.get("locations", [])
    if not isinstance(locations, list) or len(locations) > LOCATIONS_LIMIT:
        raise PassRefused("value_wrong", name="locations", value=f"more than {LOCATIONS_LIMIT}")
    for name in ("voided", "sharingProhibited", "suppressStripShine"):
        if not isinstance(document.get(name, False), bool):
            raise PassRefused("value_wrong", name=name, value=document[name])


def is_instant(value: Any) -> bool:
    """Whether this is an ISO 8601 date and time with its zone."""
    try:
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False
