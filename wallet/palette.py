"""The three colours of a card design, and what can be mixed from them."""

from dataclasses import dataclass

from offers.engine.colours import Colour, luminance, parse_colour

WHITE: Colour = (255, 255, 255)
BLACK: Colour = (0, 0, 0)


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


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """The first colour with this share (0 to 1) of the second."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


def is_dark(colour: Colour) -> bool:
    """Whether white stands out on it better than black does."""
    light = luminance(colour)
    return 1.05 / (light + 0.05) > (light + 0.05) / 0.05
