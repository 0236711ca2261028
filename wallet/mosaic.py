"""Tessera's own pictures, drawn from a design's colours: rings of mosaic stones on a soft gradient."""

import math
from collections.abc import Iterator
from functools import lru_cache

from PIL import Image, ImageDraw

from offers.engine.colours import Colour
from wallet.palette import BLACK, WHITE, Palette, is_dark, mix

# Drawn larger and reduced: polygons of Pillow have hard edges.
_OVERSAMPLING = 2
_RINGS_PER_HEIGHT = 9.5
_GROUT = 0.13
_FIRST_RING = 2
_ACCENT_EVERY = 4

Point = tuple[float, float]


@lru_cache(maxsize=16)
def draw_banner(palette: Palette, width: int, height: int) -> Image.Image:
    """A wide banner without text; the left stays calm, because Wallet writes the balance over it.

    The picture is shared by all callers: copy it before drawing on it.
    """
    size = (width * _OVERSAMPLING, height * _OVERSAMPLING)
    canvas = _gradient(palette, size)
    stones = Image.new("RGBA", size, (0, 0, 0, 0))
    pen = ImageDraw.Draw(stones)
    step = size[1] / _RINGS_PER_HEIGHT
    centre = (size[0] * 0.93, size[1] * 1.12)
    reach = math.hypot(centre[0], centre[1])
    for ring, stone, corners in _stones(centre, step, reach):
        colour, strength = _stone_colour(palette, ring, stone)
        middle_x = sum(x for x, _ in corners) / len(corners)
        visible = _fade(middle_x / size[0])
        if visible > 0:
            pen.polygon(corners, fill=(*colour, round(255 * strength * visible)))
    canvas.paste(stones, (0, 0), stones)
    return canvas.resize((width, height), Image.Resampling.LANCZOS)


@lru_cache(maxsize=16)
def draw_mark(palette: Palette, side: int, *, framed: bool) -> Image.Image:
    """A square mark: one flower of stones; framed it fills its ground, unframed the ground is transparent."""
    large = side * _OVERSAMPLING
    if framed:
        canvas = _gradient(palette, (large, large)).convert("RGBA")
    else:
        canvas = Image.new("RGBA", (large, large), (0, 0, 0, 0))
    pen = ImageDraw.Draw(canvas)
    centre, reach = (large / 2, large / 2), large * (0.36 if framed else 0.48)
    light = mix(palette.background, _contrast(palette.background), 0.86)
    step = reach / 3
    for ring in range(3):
        count = (1, 6, 12)[ring]
        for stone in range(count):
            colour = palette.label if (ring + stone) % 2 == 0 else light
            if ring == 0:
                radius = step * 0.72
                box = (centre[0] - radius, centre[1] - radius, centre[0] + radius, centre[1] + radius)
                pen.ellipse(box, fill=(*palette.label, 255))
            else:
                turn = 2 * math.pi / count
                corners = _stone(centre, ring * step, step, (stone * turn, (stone + 1) * turn))
                pen.polygon(corners, fill=(*colour, 255))
    return canvas.resize((side, side), Image.Resampling.LANCZOS)


def _contrast(colour: Colour) -> Colour:
    return WHITE if is_dark(colour) else BLACK


def _gradient(palette: Palette, size: tuple[int, int]) -> Image.Image:
    """Four corners of the background, blended: nothing darker than needed for the text to stand on."""
    ground = palette.background
    toward = _contrast(ground)
    corners = Image.new("RGB", (2, 2))
    for place, colour in (
        ((0, 0), mix(ground, toward, 0.05)),
        ((1, 0), mix(mix(ground, palette.label, 0.24), toward, 0.10)),
        ((0, 1), ground),
        ((1, 1), mix(ground, palette.label, 0.10)),
    ):
        corners.putpixel(place, colour)
    return corners.resize(size, Image.Resampling.BICUBIC)


def _stones(centre: Point, step: float, reach: float) -> Iterator[tuple[int, int, list[Point]]]:
    """Ring number, stone number and outline of every stone above the floor of the picture."""
    for ring in range(_FIRST_RING, math.ceil(reach / step) + 1):
        inner = ring * step
        count = max(6, round(math.pi * (inner + step / 2) / step))
        turn = math.pi / count
        # Every other ring starts half a stone later, as bricks do.
        shift = turn / 2 if ring % 2 else 0.0
        for stone in range(-1, count + 1):
            start = math.pi + stone * turn + shift
            yield ring, stone, _stone(centre, inner, step, (start, start + turn))


def _stone(centre: Point, inner: float, step: float, angles: tuple[float, float]) -> list[Point]:
    """A ring segment with grout around it; the arcs are short chords."""
    gap = step * _GROUT / 2
    near, far = inner + gap, inner + step - gap
    start, end = angles
    outline: list[Point] = []
    for radius, (first, last) in ((near, (start, end)), (far, (end, start))):
        lean = math.copysign(gap / max(radius, gap), last - first)
        first, last = first + lean, last - lean  # noqa: PLW2901 -- the segment less its grout
        outline.extend(
            (
                centre[0] + radius * math.cos(first + (last - first) * part / 4),
                centre[1] + radius * math.sin(first + (last - first) * part / 4),
            )
            for part in range(5)
        )
    return outline


def _stone_colour(palette: Palette, ring: int, stone: int) -> tuple[Colour, float]:
    """A stone's colour and strength: no two neighbours alike, every fourth ring in the accent."""
    grain = _grain(ring, stone)
    if ring % _ACCENT_EVERY == 0:
        return mix(palette.label, _contrast(palette.background), 0.25 * grain), 0.55 + 0.4 * grain
    toward = WHITE if grain > 0.35 or not is_dark(palette.background) else palette.label  # noqa: PLR2004 -- a third
    return mix(palette.background, toward, 0.25 + 0.35 * grain), 0.25 + 0.45 * grain


def _grain(ring: int, stone: int) -> float:
    """A fixed number from 0 to 1 for every stone: pictures must come out the same on every machine."""
    mixed = (ring * 73856093) ^ ((stone + 7) * 19349663)
    return (mixed ^ (mixed >> 11)) % 997 / 996


def _fade(place: float) -> float:
    """How visible a stone is, by its place from left (0) to right (1)."""
    start, full = 0.30, 0.78
    share = min(max((place - start) / (full - start), 0.0), 1.0)
    return share * share * (3 - 2 * share)
