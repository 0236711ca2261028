"""A Google card as the page draws it: the rows of the class's template, filled from the object."""

import hashlib
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from babel.numbers import format_currency, format_decimal

from sandbox.phone.codes import draw_code

Body = Mapping[str, Any]
Item = dict[str, str]

_MODULE: Final = re.compile(r"(?:object|class)\.textModulesData\['([^']+)'\]")
_MICROS: Final = 1_000_000
SHORT_CHARS: Final = 20
_PLACES: Final = ("startItem", "middleItem", "endItem")


def google_face(held: Body, parent: Body, language: str, *, changed_at: str) -> dict[str, Any]:
    """Draw an object; `parent` is its class."""
    rows, shown = _rows(held, parent, language)
    modules = [*parent.get("textModulesData", ()), *held.get("textModulesData", ())]
    barcode = held.get("barcode", {})
    return {
        "id": held["id"],
        "programme": _text(parent, "programName", language),
        "issuer": _text(parent, "issuerName", language),
        "background": parent.get("hexBackgroundColor", "#3c4043"),
        "logo": _picture(held, parent, "programLogo"),
        "hero": _picture(held, parent, "heroImage"),
        "rows": rows,
        "code": draw_code(barcode["value"]) if barcode.get("type") == "QR_CODE" else None,
        "code_text": barcode.get("alternateText", ""),
        "state": held["state"],
        "details": [
            {"header": _text(each, "header", language), "body": _text(each, "body", language)}
            for each in modules
            if each.get("id") not in shown
        ],
        "messages": [
            {"header": _text(each, "header", language), "body": _text(each, "body", language)}
            for each in held.get("messages", ())
        ],
        "changed_at": changed_at,
    }


def facts_of(held: Body, language: str) -> dict[str, str]:
    """What a person sees at a glance, label to value: the figures and the short texts, not the advice."""
    found = {}
    for name in ("loyaltyPoints", "secondaryLoyaltyPoints"):
        if name in held:
            item = _points(held[name], language)
            found[item["label"]] = item["value"]
    for each in held.get("textModulesData", ()):
        if len(body := _text(each, "body", language)) <= SHORT_CHARS:
            found[_text(each, "header", language)] = body
    return found


def picture_address(held: Body, parent: Body, name: str) -> str | None:
    """The public address of a picture: the object's own before the class's."""
    image = held.get(name) or parent.get(name) or {}
    address = image.get("sourceUri", {}).get("uri")
    return str(address) if address else None


def _rows(held: Body, parent: Body, language: str) -> tuple[list[list[Item]], set[str]]:
    """Fill the template's rows, and name the text modules they use up."""
    override = parent.get("classTemplateInfo", {}).get("cardTemplateOverride", {})
    rows, shown = [], set()
    for template in override.get("cardRowTemplateInfos", ()) or _USUAL_ROWS:
        paths = [path for part in template.values() for path in _paths(part)]
        items = [item for path in paths if (item := _item(path, held, parent, language))]
        shown |= {found[1] for path in paths if (found := _MODULE.fullmatch(path))}
        if items:
            rows.append(items)
    return rows, shown


_USUAL_ROWS: Final = (
    {
        "twoItems": {
            "startItem": {"firstValue": {"fields": [{"fieldPath": "object.loyaltyPoints.balance"}]}},
            "endItem": {"firstValue": {"fields": [{"fieldPath": "object.secondaryLoyaltyPoints.balance"}]}},
        }
    },
)


def _paths(part: Body) -> list[str]:
    items = [part["item"]] if "item" in part else [part[place] for place in _PLACES if place in part]
    return [str(item["firstValue"]["fields"][0]["fieldPath"]) for item in items]


def _item(path: str, held: Body, parent: Body, language: str) -> Item | None:
    if found := _MODULE.fullmatch(path):
        for each in (*held.get("textModulesData", ()), *parent.get("textModulesData", ())):
            if each.get("id") == found[1]:
                return {"key": path, "label": _text(each, "header", language), "value": _text(each, "body", language)}
        return None
    name = path.removeprefix("object.").removesuffix(".balance")
    return {"key": path, **_points(held[name], language)} if name in held else None


def _points(points: Body, language: str) -> Item:
    return {"label": _text(points, "label", language), "value": _balance(points.get("balance", {}), language)}


def _balance(balance: Body, language: str) -> str:
    if "string" in balance:
        return str(balance["string"])
    if "money" in balance:
        amount = Decimal(balance["money"]["micros"]) / _MICROS
        return format_currency(amount, balance["money"]["currencyCode"], locale=language)
    return format_decimal(Decimal(str(balance.get("int", balance.get("double", 0)))), locale=language)


def _text(body: Body, name: str, language: str) -> str:
    """A text in a language: its localized twin's translation, the twin's default, the plain field."""
    twin = body.get(f"localized{name[0].upper()}{name[1:]}", {})
    for each in (twin.get("defaultValue", {}), *twin.get("translatedValues", ())):
        if each.get("language") == language:
            return str(each["value"])
    return str(twin.get("defaultValue", {}).get("value") or body.get(name, ""))


def _picture(held: Body, parent: Body, name: str) -> str | None:
    address = picture_address(held, parent, name)
    if address is None:
        return None
    # Google keeps a picture by its address; so does a browser, by one that changes with it.
    return f"/google/{held['id']}/{name}-{hashlib.sha256(address.encode()).hexdigest()[:16]}.png"
