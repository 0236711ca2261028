"""The three colours of a card design, and what can be mixed from them."""

import re
from dataclasses import dataclass

Colour = tuple[int, int, int]

WHITE: Colour = (255, 255, 255)
BLACK: Colour = (0, 0, 0)

_HEX = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """Background, foreground (values) and label (accent), as red, green and blue."""

    background: Colour
    foreground: Colour
    label: Colour

    @classmethod
    def parse(cls, *, background: str, foreground: str, label: str) -> "Palette":
        """From `#rrggbb`. Raises ValueError for anything else."""
        return cls(background=parse_colour(background), foreground=parse_colour(foreground), label=parse_colour(label))


def parse_colour(written: str) -> Colour:
    if not _HEX.fullmatch(written):
        raise ValueError(f"not a colour: {written!r}; write #rrggbb")
    red, green, blue = bytes.fromhex(written[1:])
    return red, green, blue


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """The first colour with this share (0 to 1) of the second."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


def luminance(colour: Colour) -> float:
    """Relative luminance, 0 to 1 (WCAG 2.2)."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 -- sRGB's own numbers
        for part in (channel / 255 for channel in colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def is_dark(colour: Colour) -> bool:
    """Whether white stands out on it better than black does."""
    light = luminance(colour)
    return 1.05 / (light + 0.05) > (light + 0.05) / 0.05
