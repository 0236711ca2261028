"""Texts and values of a Google pass in the language of whoever looks."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from babel.numbers import format_decimal, get_currency_precision

from locales.numbers import money as written_money

Body = Mapping[str, Any]
MICROS: Final = 1_000_000


def text_of(body: Body, name: str, language: str) -> str:
    """A text in a language: its localized twin's translation, the twin's default, the plain field."""
    twin = body.get(f"localized{name[0].upper()}{name[1:]}", {})
    for each in (twin.get("defaultValue", {}), *twin.get("translatedValues", ())):
        if each.get("language") == language:
            return str(each["value"])
    return str(twin.get("defaultValue", {}).get("value") or body.get(name, ""))


def points_of(points: Body, language: str) -> dict[str, str]:
    return {"label": text_of(points, "label", language), "value": _balance(points.get("balance", {}), language)}


def money_of(money: Body, language: str) -> str:
    digits = get_currency_precision(money["currencyCode"])
    minor = int(Decimal(money["micros"]).scaleb(digits) / MICROS)
    return written_money(language, minor, money["currencyCode"])


def _balance(balance: Body, language: str) -> str:
    if "string" in balance:
        return str(balance["string"])
    if "money" in balance:
        return money_of(balance["money"], language)
    return str(format_decimal(Decimal(str(balance.get("int", balance.get("double", 0)))), locale=language))
