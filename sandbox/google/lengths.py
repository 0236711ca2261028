"""How long texts may be to be shown whole, by Google's own field descriptions; the stand-in refuses longer ones."""

from collections.abc import Iterator
from typing import Any, Final

from sandbox.google.errors import invalid

# In the descriptions these are "recommended": Google cuts what is longer. Cut text is a mistake of ours all the same.
CLASS_CHARS: Final = {
    "issuerName": 20,
    "programName": 20,
    "accountNameLabel": 15,
    "accountIdLabel": 15,
    "rewardsTier": 7,
    "rewardsTierLabel": 9,
    "secondaryRewardsTier": 7,
    "secondaryRewardsTierLabel": 9,
    "provider": 12,
    "title": 60,
    "shortTitle": 20,
    "merchantName": 20,
}
OBJECT_CHARS: Final = {"accountId": 20, "accountName": 20}
POINTS_CHARS: Final = {"label": 9}
BALANCE_CHARS: Final = 7
MODULE_CHARS: Final = {"header": 35, "body": 500}
LINK_CHARS: Final = {"description": 20}


def check_lengths(body: dict[str, Any], *, is_class: bool) -> None:
    """Raise 400 that names the first text that would not be shown whole."""
    for where, length, limit in _texts(body, is_class=is_class):
        if length > limit:
            raise invalid(f"{where} has {length} characters: {limit} are shown.")


def _texts(body: dict[str, Any], *, is_class: bool) -> Iterator[tuple[str, int, int]]:
    yield from _measured("", body, CLASS_CHARS if is_class else OBJECT_CHARS)
    for points in ("loyaltyPoints", "secondaryLoyaltyPoints"):
        part = body.get(points, {})
        yield from _measured(points, part, POINTS_CHARS)
        if "string" in (balance := part.get("balance", {})):
            yield f"{points}.balance.string", len(balance["string"]), BALANCE_CHARS
    for name, parts in (
        ("textModulesData", body.get("textModulesData", ())),
        ("messages", body.get("messages", ())),
    ):
        for part in parts:
            yield from _measured(name, part, MODULE_CHARS)
    for uri in body.get("linksModuleData", {}).get("uris", ()):
        yield from _measured("linksModuleData.uris", uri, LINK_CHARS)


def _measured(where: str, part: dict[str, Any], limits: dict[str, int]) -> Iterator[tuple[str, int, int]]:
    """Measure each field and every translation of its localized twin."""
    for name, limit in limits.items():
        twin = part.get(f"localized{name[0].upper()}{name[1:]}", {})
        for each in (twin.get("defaultValue", {}), *twin.get("translatedValues", ())):
            yield f"{where}.{name}".lstrip("."), len(each.get("value", "")), limit
        yield f"{where}.{name}".lstrip("."), len(part.get(name, "")), limit
