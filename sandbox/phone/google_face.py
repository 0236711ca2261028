"""A Google pass as the page draws it: the rows of the class's template, filled from the object."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from sandbox.phone.google_codes import google_code
from sandbox.phone.google_values import money_of, points_of, text_of

Body = Mapping[str, Any]
Item = dict[str, str]

_MODULE: Final = re.compile(r"(?:object|class)\.textModulesData\['([^']+)'\]")
SHORT_CHARS: Final = 20
_PLACES: Final = ("startItem", "middleItem", "endItem")
_TITLES: Final = ("programName", "title", "merchantName")
_LOGOS: Final = ("programLogo", "titleImage")
_LABELS: Final = {"accountId": "accountIdLabel", "accountName": "accountNameLabel", "cardNumber": "cardNumberLabel"}
BALANCE_LABEL: Final = {"ru": "Баланс", "en": "Balance"}
"""Google's own word on a gift card: no class carries it."""


def google_face(
    held: Body, parent: Body, language: str, *, at: datetime, changed_at: str, offers: Iterable[Body] = ()
) -> dict[str, Any]:
    """Draw an object at an instant; `parent` is its class, `offers` are the linked ones with their classes in them."""
    rows, shown = _rows(held, parent, language)
    modules = [*parent.get("textModulesData", ()), *held.get("textModulesData", ())]
    return {
        "id": held["id"],
        "programme": _first_text(parent, _TITLES, language),
        "issuer": text_of(parent, "issuerName", language),
        "background": parent.get("hexBackgroundColor", "#3c4043"),
        "logo": next((picture for name in _LOGOS if (picture := _picture(held, parent, name))), None),
        "hero": _picture(held, parent, "heroImage"),
        "shimmers": parent.get("securityAnimation", {}).get("animationType") == "FOIL_SHIMMER",
        "rows": rows,
        "code": google_code(held, at),
        "state": held["state"],
        "offers": [_offer(each, language) for each in offers],
        "details": [*_own_details(parent, language), *_module_details(modules, shown, language)],
        "links": [
            {"label": text_of(each, "description", language), "address": each["uri"]}
            for part in (parent, held)
            for each in part.get("linksModuleData", {}).get("uris", ())
        ],
        "messages": [
            {"header": text_of(each, "header", language), "body": text_of(each, "body", language)}
            for each in (*held.get("messages", ()), *parent.get("messages", ()))
        ],
        "changed_at": changed_at,
    }


def facts_of(held: Body, language: str) -> dict[str, str]:
    """What a person sees at a glance, label to value: the figures and the short texts, not the advice."""
    found = {}
    for name in ("loyaltyPoints", "secondaryLoyaltyPoints"):
        if name in held:
            item = points_of(held[name], language)
            found[item["label"]] = item["value"]
    if "balance" in held:
        found[BALANCE_LABEL[language]] = money_of(held["balance"], language)
    for each in held.get("textModulesData", ()):
        if len(body := text_of(each, "body", language)) <= SHORT_CHARS:
            found[text_of(each, "header", language)] = body
    return found


def picture_address(held: Body, parent: Body, name: str) -> str | None:
    """The public address of a picture: the object's own before the class's."""
    image = held.get(name) or parent.get(name) or {}
    address = image.get("sourceUri", {}).get("uri")
    return str(address) if address else None


def _offer(offer: Body, language: str) -> dict[str, str]:
    return {
        "title": text_of(offer["classReference"], "title", language),
        "text": next((_said(each, language) for each in offer.get("textModulesData", ())), ""),
    }


def _said(module: Body, language: str) -> str:
    return f"{text_of(module, 'header', language)} {text_of(module, 'body', language)}"


def _own_details(parent: Body, language: str) -> list[Item]:
    """An offer's details and fine print, which no text module carries."""
    texts = [text_of(parent, name, language) for name in ("details", "finePrint")]
    return [{"header": "", "body": text} for text in texts if text]


def _module_details(modules: Iterable[Body], shown: set[str], language: str) -> list[Item]:
    return [
        {"header": text_of(each, "header", language), "body": text_of(each, "body", language)}
        for each in modules
        if each.get("id") not in shown
    ]


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
                return {
                    "key": path,
                    "label": text_of(each, "header", language),
                    "value": text_of(each, "body", language),
                }
        return None
    if path == "object.balance" and "balance" in held:
        return {"key": path, "label": BALANCE_LABEL[language], "value": money_of(held["balance"], language)}
    name = path.removeprefix("object.").removesuffix(".balance")
    if name in _LABELS:
        label = text_of(parent, _LABELS[name], language)
        return {"key": path, "label": label, "value": str(held[name])} if name in held else None
    return {"key": path, **points_of(held[name], language)} if name in held else None


def _first_text(body: Body, names: Iterable[str], language: str) -> str:
    return next((text for name in names if (text := text_of(body, name, language))), "")


def _picture(held: Body, parent: Body, name: str) -> str | None:
    address = picture_address(held, parent, name)
    if address is None:
        return None
    # Google keeps a picture by its address; so does a browser, by one that changes with it.
    return f"/google/{held['id']}/{name}-{hashlib.sha256(address.encode()).hexdigest()[:16]}.png"
