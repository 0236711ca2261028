"""Colours as people see them: luminance and contrast by WCAG 2.2."""

import re

Colour = tuple[int, int, int]

READABLE = 4.5
"""The least contrast of small text on its ground (WCAG 2.2, 1.4.3)."""

_HEX = re.compile(r"#[0-9a-fA-F]{6}")


def is_colour(written: str) -> bool:
    return _HEX.fullmatch(written) is not None


def parse_colour(written: str) -> Colour:
    """Read `#rrggbb`. Raises ValueError for anything else."""
    if not is_colour(written):
        raise ValueError(f"not a colour: {written!r}; write #rrggbb")
    red, green, blue = bytes.fromhex(written[1:])
    return red, green, blue


def luminance(colour: Colour) -> float:
    """Relative luminance, 0 to 1 (WCAG 2.2)."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 -- sRGB's own numbers
        for part in (channel / 255 for channel in colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: Colour, second: Colour) -> float:
    """Give the contrast ratio, 1 to 21, whichever is the lighter."""
    lighter, darker = sorted((luminance(first), luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)
