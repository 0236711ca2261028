"""How a card looks at an instant: its design and the layers that are on, resolved by a stated order."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import datetime

from offers.model.card import Card
from offers.model.design import CardDesign, Colours, Images
from offers.model.layer import Layer, LayerId
from offers.model.programme import LocalText, Programme

_STATE_BYTES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerMark:
    """A layer that is on, in the edition that is shown."""

    layer_id: LayerId
    edition: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CardLook:
    """Colours and pictures as shown, and what the layers say. `layers` are all that are on, the strongest first.

    `text_since` is when the shown text came on.
    """

    colours: Colours
    images: Images
    text: LocalText | None = None
    text_since: datetime | None = None
    discount_bp: int | None = None
    layers: tuple[LayerMark, ...] = ()


def look_of(design: CardDesign, layers: Iterable[Layer] = (), *, at: datetime) -> CardLook:
    """Resolve a design under layers at an instant; layers of other designs and those that are off count for nothing.

    Whose the layers are is for the caller: give those for everybody for what all cards share, and a card's own too for
    that card.
    """
    shown = ranked(layers, design=design.slug, at=at)
    colours, images = design.colours, design.images
    look = CardLook(
        colours=colours, images=images, layers=tuple(LayerMark(layer_id=e.id, edition=e.edition) for e in shown)
    )
    # From the weakest to the strongest: each part ends up with the strongest layer that says something of it.
    for layer in reversed(shown):
        look = _laid_over(look, layer)
    return look


def ranked(layers: Iterable[Layer], *, design: str, at: datetime) -> list[Layer]:
    """Give the layers that are on, the strongest first: by priority, then by the later start, then by id."""
    on = [each for each in layers if each.is_on(at) and each.design in {None, design}]
    return sorted(on, key=lambda each: (each.priority, each.starts_at, each.id), reverse=True)


def state_key(programme: Programme, design: CardDesign, card: Card, layers: Iterable[Layer], *, at: datetime) -> str:
    """Name what a card shows at an instant: two names differ when any of it does.

    It is a digest, so that a turn of a layer for everybody changes every card's name without writing to one of them.
    """
    marks = [(each.id, each.edition) for each in ranked(layers, design=design.slug, at=at)]
    facts = (card.serial, card.version, card.state.value, design.slug, design.edition, programme.name, programme.terms)
    return hashlib.blake2b(repr((facts, marks)).encode(), digest_size=_STATE_BYTES).hexdigest()


def last_turn(layers: Iterable[Layer], *, design: str, at: datetime) -> datetime | None:
    """Give the latest instant up to now at which a layer came on or went off; None when none did yet."""
    own = [each for each in layers if each.design in {None, design}]
    turns = [turn for each in own for turn in (each.starts_at, each.over_at) if turn is not None and turn <= at]
    return max(turns, default=None)


def _laid_over(look: CardLook, layer: Layer) -> CardLook:
    parts = layer.parts
    named = {each.name: getattr(parts.colours, each.name) for each in fields(parts.colours)}
    colours = replace(look.colours, **{name: colour for name, colour in named.items() if colour is not None})
    images = replace(look.images, banner=parts.banner) if parts.banner is not None else look.images
    said = (parts.text, layer.starts_at) if parts.text is not None else (look.text, look.text_since)
    discount_bp = look.discount_bp if parts.discount_bp is None else parts.discount_bp
    return replace(look, colours=colours, images=images, text=said[0], text_since=said[1], discount_bp=discount_bp)
