"""What Wallet demands of the fields of a pass."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from sandbox.phone.refusals import PassRefused

GROUPS: Final = ("headerFields", "primaryFields", "secondaryFields", "auxiliaryFields", "backFields")
NUMBER_STYLES: Final = frozenset(f"PKNumberStyle{name}" for name in ("Decimal", "Percent", "Scientific", "SpellOut"))
DATE_STYLES: Final = frozenset(f"PKDateStyle{name}" for name in ("None", "Short", "Medium", "Long", "Full"))
ALIGNMENTS: Final = frozenset(f"PKTextAlignment{name}" for name in ("Left", "Center", "Right", "Natural"))
DETECTORS: Final = frozenset(
    f"PKDataDetectorType{name}" for name in ("PhoneNumber", "Link", "Address", "CalendarEvent")
)
TRANSITS: Final = frozenset(f"PKTransitType{name}" for name in ("Air", "Boat", "Bus", "Generic", "Train"))
UNALIGNED: Final = frozenset({"primaryFields", "backFields"})

_CURRENCY: Final = re.compile(r"[A-Z]{3}")
_LINK: Final = re.compile(r"<a\s+href=(\"[^\"<>]*\"|'[^'<>]*')\s*>([^<>]*)</a>")

Field = Mapping[str, Any]


def check_fields(style: Mapping[str, Any], *, is_boarding_pass: bool) -> None:
    """Check every field of a style. Raises PassRefused."""
    if is_boarding_pass and style.get("transitType") not in TRANSITS:
        raise PassRefused("value_wrong", name="transitType", value=style.get("transitType"))
    keys: set[str] = set()
    for group, field in walk_fields(style):
        _check_field(group, field)
        if field["key"] in keys:
            raise PassRefused("key_repeated", key=field["key"])
        keys.add(field["key"])


def walk_fields(style: Mapping[str, Any]) -> Iterator[tuple[str, Field]]:
    """Give every field with its group, in the order they are shown. Raises PassRefused for a group that is no list."""
    for group in GROUPS:
        fields = style.get(group, [])
        if not isinstance(fields, list):
            raise PassRefused("value_wrong", name=group, value=fields)
        for field in fields:
            yield group, field


def links(text: str) -> list[tuple[str, str]]:
    """Give the address and the words of every link in an attributedValue."""
    return [(address[1:-1], words) for address, words in _LINK.findall(text)]


def _check_field(group: str, field: Any) -> None:
    if not isinstance(field, dict) or not isinstance(field.get("key"), str) or not field["key"]:
        raise PassRefused("field_incomplete", group=group, name="key")
    if isinstance(field.get("value"), bool) or not isinstance(field.get("value"), str | int | float):
        raise PassRefused("field_incomplete", group=group, name="value")
    if "changeMessage" in field and "%@" not in str(field["changeMessage"]):
        raise PassRefused("change_message", key=field["key"])
    _check_number(field)
    _check_date(field)
    _check_one_of(field, "textAlignment", frozenset() if group in UNALIGNED else ALIGNMENTS)
    for detector in field.get("dataDetectorTypes", ()):
        if detector not in DETECTORS or group != "backFields":
            raise PassRefused("field_value", key=field["key"], name="dataDetectorTypes", value=detector)
    _check_links(field)


def _check_number(field: Field) -> None:
    styled = [name for name in ("numberStyle", "currencyCode") if name in field]
    if len(styled) > 1:
        raise PassRefused("styles_conflict", key=field["key"])
    if styled and not isinstance(field["value"], int | float):
        raise PassRefused("number_wanted", key=field["key"], value=field["value"])
    _check_one_of(field, "numberStyle", NUMBER_STYLES)
    if "currencyCode" in field and not _CURRENCY.fullmatch(str(field["currencyCode"])):
        raise PassRefused("field_value", key=field["key"], name="currencyCode", value=field["currencyCode"])


def _check_date(field: Field) -> None:
    if "dateStyle" not in field and "timeStyle" not in field:
        return
    _check_one_of(field, "dateStyle", DATE_STYLES)
    _check_one_of(field, "timeStyle", DATE_STYLES)
    try:
        datetime.fromisoformat(str(field["value"]))
    except ValueError as error:
        raise PassRefused("date_wanted", key=field["key"], value=field["value"]) from error


def _check_one_of(field: Field, name: str, allowed: frozenset[str]) -> None:
    if name in field and field[name] not in allowed:
        raise PassRefused("field_value", key=field["key"], name=name, value=field[name])


def _check_links(field: Field) -> None:
    written = field.get("attributedValue", "")
    if not isinstance(written, str) or "<" in _LINK.sub("", written):
        raise PassRefused("link_wrong", key=field["key"])
