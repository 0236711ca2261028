"""The ground and the strip of the card's picture: the design's own banner, or stones drawn from its colours."""

from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageColor, ImageDraw, ImageOps

from offers.model.design import Colours

ROWS = 5
GROUT_SHARE = 0.15
RADIUS_SHARE = 0.2
_OVERSAMPLING = 2
_CALM_SHARE = 0.48
_SHADE_OF_BANNER = 235

Colour = tuple[int, int, int]


def draw_ground(colours: Colours, size: tuple[int, int]) -> Image.Image:
    """The background colour, a little lighter at the top."""
    ground = _colour(colours.background)
    column = Image.new("RGB", (1, 2))
    column.putpixel((0, 0), _mixed(ground, _opposite(ground), 0.06))
    column.putpixel((0, 1), ground)
    return column.resize(size, Image.Resampling.BILINEAR)


@lru_cache(maxsize=16)
def draw_strip(colours: Colours, size: tuple[int, int], banner: bytes | None) -> Image.Image:
    """A wide picture to lay over the ground; its left stays calm, because the balance is written there.

    The picture is shared by all callers: copy it before drawing on it.
    """
    return _shaded_banner(colours, size, banner) if banner is not None else _stones(colours, size)


def _shaded_banner(colours: Colours, size: tuple[int, int], banner: bytes) -> Image.Image:
    with Image.open(BytesIO(banner), formats=("PNG",)) as opened:
        picture = ImageOps.fit(opened.convert("RGBA"), size, Image.Resampling.LANCZOS)
    shade = (
        Image.linear_gradient("L")
        .rotate(-90)
        .resize(size)
        .point([_SHADE_OF_BANNER * light // 255 for light in range(256)])
    )
    picture.paste(Image.new("RGBA", size, (*_colour(colours.background), 255)), (0, 0), shade)
    return picture


def _stones(colours: Colours, size: tuple[int, int]) -> Image.Image:
    """Rows of square stones laid as bricks are, whole at the top, at the bottom and never cut but at the sides."""
    width, height = size[0] * _OVERSAMPLING, size[1] * _OVERSAMPLING
    stone = height / (ROWS + (ROWS - 1) * GROUT_SHARE)
    step = stone * (1 + GROUT_SHARE)
    ground, label = _colour(colours.background), _colour(colours.label)
    canvas = Image.new("RGBA", (width, height), (*ground, 0))
    pen = ImageDraw.Draw(canvas)
    for row in range(ROWS):
        for column in range(int(width / step) + 2):
            left, top = (column - row % 2 / 2) * step, row * step
            tone = _stone_colour(ground, label, _grain(row, column))
            box = (left, top, left + stone, top + stone)
            pen.rounded_rectangle(box, stone * RADIUS_SHARE, fill=(*tone, round(255 * _fade(left / width))))
    return canvas.resize(size, Image.Resampling.LANCZOS)


def _stone_colour(ground: Colour, label: Colour, grain: float) -> Colour:
    """One stone in five shines in the accent, the others are shades of the ground."""
    if grain > 0.8:  # noqa: PLR2004 - one in five
        return label
    return _mixed(_mixed(ground, label, 0.25), _opposite(ground), 0.08 + 0.45 * grain)


def _fade(place: float) -> float:
    """How visible a stone is, by its place from left (0) to right (1)."""
    share = min(max((place - _CALM_SHARE) / (1 - _CALM_SHARE), 0.0), 1.0)
    return share * (2 - share)


def _grain(row: int, column: int) -> float:
    """A fixed number from 0 to 1 for every stone: the picture comes out the same on every machine."""
    mixed = (row * 2654435761 ^ column * 2246822519) & 0xFFFFFFFF
    return (mixed ^ mixed >> 13) % 1009 / 1008


def _opposite(colour: Colour) -> Colour:
    """White over what is dark, black over what is light (by the eye's weights of the three colours)."""
    red, green, blue = colour
    is_dark = 0.299 * red + 0.587 * green + 0.114 * blue < 140  # noqa: PLR2004 - a little above the middle grey
    return (255, 255, 255) if is_dark else (0, 0, 0)


def _mixed(first: Colour, second: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


def _colour(written: str) -> Colour:
    red, green, blue = ImageColor.getrgb(written)[:3]
    return red, green, blue
