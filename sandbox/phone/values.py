"""Writes the values of fields as a phone does: numbers, percent, money and dates in its language."""

import re
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from babel.dates import format_date, format_time
from babel.numbers import format_currency, format_decimal, format_percent, format_scientific

from sandbox.phone.field_rules import Field
from sandbox.phone.opened import OpenedPass

PERCENT_PATTERNS: Final = {"ru": "#,##0.##\N{NO-BREAK SPACE}%", "en": "#,##0.##%"}
_TOUCHING: Final = re.compile(r"(?<=[A-Za-z])(?=[0-9])")


def field_text(held: OpenedPass, field: Field, language: str) -> str:
    """Give the text that stands in a field."""
    value = field["value"]
    if isinstance(value, str):
        if "dateStyle" in field or "timeStyle" in field:
            return _date(value, field, language)
        return held.translated(value, language)
    return _number(value, field, language)


def label_text(held: OpenedPass, field: Field, language: str) -> str:
    return held.translated(str(field.get("label", "")), language)


def _number(value: Any, field: Field, language: str) -> str:
    number = Decimal(str(value))
    if code := field.get("currencyCode"):
        # CLDR sets an alphabetic symbol apart from its number (`RUB 100`); Babel does not.
        return _TOUCHING.sub("\N{NO-BREAK SPACE}", format_currency(number, code, locale=language))
    style = field.get("numberStyle")
    if style == "PKNumberStylePercent":
        return format_percent(number, format=PERCENT_PATTERNS.get(language), locale=language)
    if style == "PKNumberStyleScientific":
        return format_scientific(number, locale=language)
    return format_decimal(number, locale=language)


def _date(value: str, field: Field, language: str) -> str:
    at = datetime.fromisoformat(value)
    day, time = (_width(field.get(name)) for name in ("dateStyle", "timeStyle"))
    shown = [format_date(at, day, locale=language)] if day else []
    if time:
        shown.append(format_time(at, time, locale=language))
    return ", ".join(shown)


def _width(style: Any) -> Any:
    """Give Babel's word for `PKDateStyleShort` and its kin; None shows nothing."""
    name = str(style or "PKDateStyleNone").removeprefix("PKDateStyle").lower()
    return None if name == "none" else name
