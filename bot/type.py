"""The type of the card's picture: Roboto in three weights, and text that fits where it stands."""

from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from PIL import ImageDraw, ImageFont

_FOLDER = Path(__file__).parent / "fonts"
_SMALLEST_SHARE = 0.6

Ink = str | tuple[int, int, int]


class Weight(StrEnum):
    REGULAR = "Roboto-Regular.ttf"
    MEDIUM = "Roboto-Medium.ttf"
    BOLD = "Roboto-Bold.ttf"


@lru_cache(maxsize=64)
def font(weight: Weight, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(_FOLDER / weight.value), size)


def draw_fitted(
    pen: ImageDraw.ImageDraw,
    text: str,
    place: tuple[float, float],
    *,
    width: float,
    weight: Weight,
    size: int,
    ink: Ink,
    anchor: str,
) -> None:
    """Write a text of at most this size: smaller, down to six tenths, then shorter, until it fits the width."""
    chosen = _fitting(text, weight, size, width)
    pen.text(place, clipped(text, chosen, width), font=chosen, fill=ink, anchor=anchor)


def clipped(text: str, chosen: ImageFont.FreeTypeFont, width: float) -> str:
    """Shorten a text to a width, ending it with an ellipsis."""
    if chosen.getlength(text) <= width:
        return text
    kept = text
    while kept and chosen.getlength(f"{kept}…") > width:
        kept = kept[:-1].rstrip()
    return f"{kept}…"


def _fitting(text: str, weight: Weight, size: int, width: float) -> ImageFont.FreeTypeFont:
    needed = font(weight, size).getlength(text)
    share = min(1.0, width / needed) if needed else 1.0
    return font(weight, max(round(size * _SMALLEST_SHARE), int(size * share)))
