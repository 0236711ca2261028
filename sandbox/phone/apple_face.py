"""A pass as the page draws it: texts in one language, colours, pictures by address."""

import hashlib
from typing import Any, Final

from sandbox.phone.codes import draw_code
from sandbox.phone.field_rules import Field, links
from sandbox.phone.held import HeldPass, Notice
from sandbox.phone.opened import OpenedPass
from sandbox.phone.rules import read_colour
from sandbox.phone.values import field_text, label_text

PICTURES: Final = ("icon", "logo", "strip", "thumbnail")
# What iOS takes when the pass does not say.
DEFAULT_COLOURS: Final = {
    "backgroundColor": "rgb(244, 244, 246)",
    "foregroundColor": "rgb(20, 20, 24)",
    "labelColor": "rgb(90, 90, 98)",
}
_DRAWN: Final = "PKBarcodeFormatQR"


def apple_face(held: HeldPass, language: str) -> dict[str, Any]:
    opened = held.opened
    document = opened.document
    groups: dict[str, list[dict[str, Any]]] = {}
    for group, field in opened.fields():
        groups.setdefault(group.removesuffix("Fields"), []).append(_field(opened, field, language))
    return {
        "serial": opened.serial,
        "organisation": opened.organisation(language),
        "name": opened.translated(str(document.get("logoText", "")), language),
        "description": opened.translated(str(document["description"]), language),
        "colours": {
            name.removesuffix("Color"): read_colour(name, document.get(name, default))
            for name, default in DEFAULT_COLOURS.items()
        },
        "pictures": {name: _address(opened, name, language) for name in PICTURES if opened.image(name, language)},
        "fields": groups,
        "code": _code(opened),
        "is_voided": opened.is_voided,
        "is_registered": held.is_registered,
        "changed_at": held.changed_at.isoformat(),
        "signer": f"{opened.signer.name} ← {opened.signer.intermediate} ← {opened.signer.root}",
    }


def notice_face(notice: Notice, held: HeldPass | None, language: str) -> dict[str, Any]:
    """A line of the lock screen; its icon goes with the pass."""
    return {
        "number": notice.number,
        "serial": notice.serial,
        "title": notice.titles.get(language, ""),
        "text": notice.texts.get(language, notice.text),
        "icon": _address(held.opened, "icon", language) if held else None,
        "at": notice.at.isoformat(),
    }


def _field(opened: OpenedPass, field: Field, language: str) -> dict[str, Any]:
    shown = {
        "key": field["key"],
        "label": label_text(opened, field, language),
        "value": field_text(opened, field, language),
        "align": str(field.get("textAlignment", "")).removeprefix("PKTextAlignment").lower(),
    }
    if "attributedValue" in field:
        written = opened.translated(str(field["attributedValue"]), language)
        shown["links"] = [{"address": address, "words": words} for address, words in links(written)]
    return shown


def _code(opened: OpenedPass) -> dict[str, Any] | None:
    """The first barcode this phone can draw."""
    legacy = [opened.document["barcode"]] if "barcode" in opened.document else []
    for barcode in [*opened.document.get("barcodes", ()), *legacy]:
        if barcode["format"] == _DRAWN:
            return {**draw_code(barcode["message"]), "alt": str(barcode.get("altText", ""))}
    return None


def _address(opened: OpenedPass, name: str, language: str) -> str | None:
    picture = opened.image(name, language)
    if picture is None:
        return None
    # The address changes with the picture, so that a browser may keep what it has.
    digest = hashlib.sha256(picture).hexdigest()[:16]
    return f"/passes/{opened.serial}/{name}-{language}-{digest}.png"
