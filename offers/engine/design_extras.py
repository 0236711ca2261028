"""What is wrong with the parts of a design beyond colours, pictures and fields."""

import base64
import binascii
import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final

from offers.engine.design_texts import missing_texts
from offers.model.design import CardDesign
from offers.model.design_parts import ActionType
from offers.model.rule_errors import RuleFault

MAX_LINKS: Final = 10
MAX_PLACES: Final = 10
MAX_TIMES: Final = 10
MAX_ACTIONS: Final = 2
LONGEST_INTERVAL: Final = timedelta(hours=24)
LINK_CHARS: Final = 20
NEAR_CHARS: Final = 100
KEY_CHARS: Final = 40
_DEGREES_LATITUDE, _DEGREES_LONGITUDE = 90, 180

_LINK = re.compile(r"(https://[^\s<>\"]{1,2000}|tel:\+?[0-9-]{3,30}|mailto:[^\s<>\"@]{1,64}@[^\s<>\"@]{1,190})")
_UUID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_KEY = re.compile(r"[a-z0-9_]{1,40}")
# SubjectPublicKeyInfo of P-256 (RFC 5480): the algorithm and the curve, then the point, whole or compressed.
_P256 = (bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004"), 91)
_P256_COMPRESSED = (bytes.fromhex("3039301306072a8648ce3d020106082a8648ce3d030107032200"), 59)


def extras_faults(design: CardDesign) -> Iterator[RuleFault]:
    """Find what is wrong with links, places, beacons, times, contactless reading, enrolment and buttons."""
    yield from _too_many(design)
    yield from _links(design)
    yield from _places(design)
    yield from _times(design)
    yield from _contactless(design)
    yield from _actions(design)


def is_link(url: str) -> bool:
    return _LINK.fullmatch(url) is not None


def is_p256_key(text: str) -> bool:
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return False
    return any(key.startswith(head) and len(key) == length for head, length in (_P256, _P256_COMPRESSED))


def _too_many(design: CardDesign) -> Iterator[RuleFault]:
    for name, limit in (
        ("links", MAX_LINKS),
        ("places", MAX_PLACES),
        ("beacons", MAX_PLACES),
        ("relevant", MAX_TIMES),
        ("actions", MAX_ACTIONS),
    ):
        if len(getattr(design, name)) > limit:
            yield RuleFault(pointer=f"/{name}", code="too_many", facts={"limit": limit})


def _links(design: CardDesign) -> Iterator[RuleFault]:
    yield from key_faults([link.key for link in design.links], "/links")
    for place, link in enumerate(design.links):
        if not is_link(link.url):
            yield RuleFault(pointer=f"/links/{place}/url", code="bad_link")
        yield from missing_texts(link.label, f"/links/{place}/label", limit_chars=LINK_CHARS, wallet="Google Wallet")


def _places(design: CardDesign) -> Iterator[RuleFault]:
    for number, place in enumerate(design.places):
        if abs(place.latitude) > _DEGREES_LATITUDE or abs(place.longitude) > _DEGREES_LONGITUDE:
            yield RuleFault(pointer=f"/places/{number}", code="bad_place")
        if place.text is not None:
            yield from missing_texts(
                place.text, f"/places/{number}/text", limit_chars=NEAR_CHARS, wallet="Apple Wallet"
            )
    for number, beacon in enumerate(design.beacons):
        if not _UUID.fullmatch(beacon.proximity_uuid):
            yield RuleFault(pointer=f"/beacons/{number}/proximity_uuid", code="bad_uuid")


def _times(design: CardDesign) -> Iterator[RuleFault]:
    for number, time in enumerate(design.relevant):
        if time.ends_at is None:
            continue
        if time.ends_at <= time.starts_at:
            yield RuleFault(pointer=f"/relevant/{number}/ends_at", code="ends_first")
        elif time.ends_at - time.starts_at > LONGEST_INTERVAL:
            hours = LONGEST_INTERVAL // timedelta(hours=1)
            yield RuleFault(pointer=f"/relevant/{number}/ends_at", code="interval_too_long", facts={"hours": hours})


def _contactless(design: CardDesign) -> Iterator[RuleFault]:
    if design.nfc is not None and not is_p256_key(design.nfc.public_key):
        yield RuleFault(pointer="/nfc/public_key", code="bad_nfc_key")
    asked = design.personalisation
    if asked is None:
        return
    if design.nfc is None:
        yield RuleFault(pointer="/personalisation", code="needs_nfc")
    if not asked.fields:
        yield RuleFault(pointer="/personalisation/fields", code="nothing_asked")
    texts = (("description", asked.description, 500), ("terms", asked.terms, 20_000))
    for name, text, limit in texts:
        if text is not None:
            yield from missing_texts(text, f"/personalisation/{name}", limit_chars=limit, wallet="Apple Wallet")


def _actions(design: CardDesign) -> Iterator[RuleFault]:
    yield from key_faults([action.key for action in design.actions], "/actions")
    for number, action in enumerate(design.actions):
        target, name = (action.place, "place") if action.type is ActionType.PLACE else (action.url, "url")
        if not target:
            yield RuleFault(pointer=f"/actions/{number}/{name}", code="target_missing")
        elif name == "url" and not is_link(target):
            yield RuleFault(pointer=f"/actions/{number}/url", code="bad_link")


def key_faults(keys: Sequence[str], at: str) -> Iterator[RuleFault]:
    """Find keys that are none and keys that stand twice."""
    seen: set[str] = set()
    for place, key in enumerate(keys):
        if not _KEY.fullmatch(key):
            yield RuleFault(pointer=f"{at}/{place}/key", code="bad_key", facts={"limit": KEY_CHARS})
        elif key in seen:
            yield RuleFault(pointer=f"{at}/{place}/key", code="same_key")
        seen.add(key)
