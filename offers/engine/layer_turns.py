"""When a layer comes on and goes off, and what is wrong with one that is to be put."""

from collections.abc import Iterator
from datetime import datetime

from offers.engine.colours import READABLE, contrast, is_colour, parse_colour
from offers.engine.design_texts import MAX_NEWS_CHARS, missing_texts
from offers.model.design import CardDesign, Colours
from offers.model.layer import Layer, LayerColours, LayerScope
from offers.model.programme import BASIS_POINTS
from offers.model.rule_errors import RuleFault


def turn_after(layer: Layer, at: datetime) -> datetime | None:
    """Give the next instant after `at` at which a layer comes on or goes off; None when it never turns again."""
    over_at = layer.over_at
    if over_at is not None and over_at <= max(at, layer.starts_at):
        return None
    return layer.starts_at if at < layer.starts_at else over_at


def layer_faults(layer: Layer, design: CardDesign | None, *, at: datetime) -> list[RuleFault]:
    """Find what is wrong with a layer; `design` is the one it lies on, the main one when it lies on all of them."""
    return [*_when(layer, at), *_whom(layer), *_what(layer), *_colours(layer.parts.colours, design)]


def colours_under(design: CardDesign, colours: LayerColours) -> Colours:
    """Give a design's colours with those of a layer over them."""
    own = design.colours
    return Colours(
        background=colours.background or own.background,
        foreground=colours.foreground or own.foreground,
        label=colours.label or own.label,
    )


def colour_faults(colours: Colours, at: str = "/colours") -> Iterator[RuleFault]:
    """Find colours that are none, and text that cannot be read on its ground."""
    written = {"background": colours.background, "foreground": colours.foreground, "label": colours.label}
    bad = [name for name, colour in written.items() if not is_colour(colour)]
    yield from (RuleFault(pointer=f"{at}/{name}", code="bad_colour") for name in bad)
    if bad:
        return
    ground = parse_colour(colours.background)
    for name in ("foreground", "label"):
        ratio = contrast(parse_colour(written[name]), ground)
        if ratio < READABLE:
            facts = {
                "colour": written[name],
                "ground": colours.background,
                "ratio": f"{ratio:.1f}",
                "needed": f"{READABLE}",
            }
            yield RuleFault(pointer=f"{at}/{name}", code="low_contrast", facts=facts)


def _when(layer: Layer, at: datetime) -> Iterator[RuleFault]:
    if layer.ends_at is None:
        return
    if layer.ends_at <= layer.starts_at:
        yield RuleFault(pointer="/ends_at", code="ends_first")
    elif layer.ends_at <= at:
        yield RuleFault(pointer="/ends_at", code="over_already")


def _whom(layer: Layer) -> Iterator[RuleFault]:
    if layer.scope is LayerScope.SEGMENT and not layer.segment:
        yield RuleFault(pointer="/segment", code="unknown_segment")
    if layer.scope is LayerScope.CARD and not layer.card_id:
        yield RuleFault(pointer="/card_id", code="unknown_card_target")


def _what(layer: Layer) -> Iterator[RuleFault]:
    parts = layer.parts
    shown = (parts.banner, parts.text, parts.discount_bp, *(getattr(parts.colours, each) for each in _NAMES))
    if all(each is None for each in shown):
        yield RuleFault(pointer="", code="nothing_shown")
    if parts.text is not None:
        yield from missing_texts(parts.text, "/text", limit_chars=MAX_NEWS_CHARS, wallet="Google Wallet")
    if parts.discount_bp is not None and not 0 <= parts.discount_bp <= BASIS_POINTS:
        yield RuleFault(pointer="/discount_bp", code="bad_discount")


_NAMES = ("background", "foreground", "label")


def _colours(colours: LayerColours, design: CardDesign | None) -> Iterator[RuleFault]:
    named = [each for each in _NAMES if getattr(colours, each) is not None]
    if not named:
        return
    if design is None:
        bad = (each for each in named if not is_colour(getattr(colours, each)))
        yield from (RuleFault(pointer=f"/colours/{each}", code="bad_colour") for each in bad)
        return
    yield from colour_faults(colours_under(design, colours))
