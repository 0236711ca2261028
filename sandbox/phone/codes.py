"""Draws the code on a card as a path for SVG."""

from functools import lru_cache
from typing import Any

import segno

QUIET_MODULES = 2


@lru_cache(maxsize=256)
def draw_code(message: str) -> dict[str, Any]:
    """Give the dark modules as one path, and the side of the square they stand in, quiet zone included."""
    symbol = segno.make(message, error="m", micro=False)
    runs = []
    for row, modules in enumerate(symbol.matrix):
        column = 0
        while column < len(modules):
            length = 1
            while column + length < len(modules) and modules[column + length] == modules[column]:
                length += 1
            if modules[column]:
                runs.append(f"M{column + QUIET_MODULES} {row + QUIET_MODULES}h{length}v1h-{length}z")
            column += length
    return {"path": "".join(runs), "side": len(symbol.matrix) + 2 * QUIET_MODULES}
