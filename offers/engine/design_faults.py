"""What is wrong with a design: each fault points at its field and has a stable code."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from typing import Final

from offers.engine.design_extras import extras_faults, key_faults
from offers.engine.design_texts import missing_texts
from offers.engine.layer_turns import colour_faults
from offers.model.design import Bound, CardDesign, CardKind, Images, ImageSlot, Place
from offers.model.programme import LocalText
from offers.model.rule_errors import RuleFault

Size = tuple[int, int]

GOOGLE: Final = "Google Wallet"
TITLE_CHARS: Final = 20
COUPON_TITLE_CHARS: Final = 60
BALANCE_LABEL_CHARS: Final = 9
LABEL_CHARS: Final = 35
BODY_CHARS: Final = 500
"""What Google shows (programName, OfferClass.title, loyaltyPoints.label, a text module's header and body)."""

ROOM: Final[Mapping[Place, int]] = {Place.HEADER: 3, Place.PRIMARY: 1}
LOWER_ROOM: Final = 4
BACK_ROOM: Final = 10
"""Apple: fields of a place; secondary and auxiliary share four. Google: text modules of an object."""
MAX_FIELDS: Final = 18

LEAST: Final[Mapping[ImageSlot, Size]] = {
    ImageSlot.ICON: (114, 114),
    ImageSlot.LOGO: (100, 100),
    ImageSlot.WIDE_LOGO: (252, 60),
    ImageSlot.BANNER: (1032, 336),
    ImageSlot.THUMBNAIL: (180, 180),
    ImageSlot.ARTWORK: (716, 896),
    ImageSlot.STAMP: (96, 96),
    ImageSlot.PERSONALISATION_LOGO: (300, 80),
}
"""Pixels below which a wallet would have to enlarge: Apple's sizes at twice the points, Google's hero."""
WIDEST: Final[Mapping[ImageSlot, int]] = {ImageSlot.ICON: 2, ImageSlot.LOGO: 8, ImageSlot.THUMBNAIL: 2}


def image_digests(images: Images) -> dict[ImageSlot, str]:
    """Give the digests of a design's pictures by slot."""
    found = {ImageSlot(each.name): getattr(images, each.name) for each in fields(images)}
    return {slot: digest for slot, digest in found.items() if digest is not None}


def design_faults(design: CardDesign, sizes: Mapping[str, Size]) -> list[RuleFault]:
    """Find everything that is wrong; `sizes` are width and height of the pictures that are kept, by digest."""
    return [
        *colour_faults(design.colours),
        *_images(design.images, sizes),
        *_texts(design),
        *_fields(design),
        *_room(design),
        *extras_faults(design),
    ]


def _images(images: Images, sizes: Mapping[str, Size]) -> Iterator[RuleFault]:
    for slot, digest in image_digests(images).items():
        pointer = f"/images/{slot}"
        if digest not in sizes:
            yield RuleFault(pointer=pointer, code="image_not_kept")
            continue
        (width, height), (least_width, least_height) = sizes[digest], LEAST[slot]
        facts: dict[str, int | str] = {"width": width, "height": height}
        if width < least_width or height < least_height:
            least = {"least_width": least_width, "least_height": least_height}
            yield RuleFault(pointer=pointer, code="image_too_small", facts=facts | least)
        elif slot in WIDEST and width > WIDEST[slot] * height:
            shape = {"slot": slot.value, "most": WIDEST[slot]}
            yield RuleFault(pointer=pointer, code="image_wrong_shape", facts=facts | shape)


def _texts(design: CardDesign) -> Iterator[RuleFault]:
    title = COUPON_TITLE_CHARS if design.kind is CardKind.COUPON else TITLE_CHARS
    for name, limit in (("title", title), ("description", BODY_CHARS), ("terms", BODY_CHARS)):
        text: LocalText | None = getattr(design, name)
        if text is not None:
            yield from missing_texts(text, f"/{name}", limit_chars=limit, wallet=GOOGLE)


def _fields(design: CardDesign) -> Iterator[RuleFault]:
    if len(design.fields) > MAX_FIELDS:
        yield RuleFault(pointer="/fields", code="too_many", facts={"limit": MAX_FIELDS})
    yield from key_faults([each.key for each in design.fields], "/fields")
    first = next((each for each in design.fields if each.place in {Place.HEADER, Place.PRIMARY}), None)
    for place, each in enumerate(design.fields):
        at = f"/fields/{place}"
        limit = BALANCE_LABEL_CHARS if each is first and design.kind is not CardKind.COUPON else LABEL_CHARS
        if each.label is not None:
            yield from missing_texts(each.label, f"{at}/label", limit_chars=limit, wallet=GOOGLE)
        if each.bound is Bound.TEXT and each.text is None:
            yield RuleFault(pointer=f"{at}/text", code="text_needed")
        elif each.bound is not Bound.TEXT and each.text is not None:
            yield RuleFault(pointer=f"{at}/text", code="text_not_needed", facts={"bound": each.bound.value})
        elif each.text is not None:
            yield from missing_texts(each.text, f"{at}/text", limit_chars=BODY_CHARS, wallet=GOOGLE)


def _room(design: CardDesign) -> Iterator[RuleFault]:
    """Point at the first field for which there is no room; every later one of its place is left out as well."""
    for places, room in (
        ({Place.HEADER}, ROOM[Place.HEADER]),
        ({Place.PRIMARY}, ROOM[Place.PRIMARY]),
        ({Place.SECONDARY, Place.AUXILIARY}, LOWER_ROOM),
        ({Place.BACK}, BACK_ROOM),
    ):
        standing = [place for place, each in enumerate(design.fields) if each.place in places]
        if len(standing) > room:
            crowded = design.fields[standing[room]].place
            facts = {"place": crowded.value, "kind": design.kind.value, "room": room}
            yield RuleFault(pointer=f"/fields/{standing[room]}/place", code="no_room", facts=facts)


def unknown_bindings(named: Iterable[str]) -> Iterator[RuleFault]:
    """Find fields bound to what is not there, before they become nouns."""
    known = ", ".join(sorted(bound.value for bound in Bound))
    for place, name in enumerate(named):
        if name not in set(Bound):
            yield RuleFault(
                pointer=f"/fields/{place}/bound", code="unknown_binding", facts={"bound": name, "known": known}
            )
