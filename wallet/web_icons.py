"""The icons of an installed web card: from the design's icon or logo, or drawn from its colours."""

import hashlib
from functools import lru_cache
from io import BytesIO

from PIL import Image

from wallet.images import Picture
from wallet.mosaic import draw_mark
from wallet.palette import Palette

SIDES = {"icon192": 192, "icon512": 512, "maskable512": 512, "touch180": 180}
"""What a manifest asks for, and what iOS puts on the home screen; pixels."""
# A launcher may cut a maskable icon to a circle of 80 % (W3C manifest, "icon masks"): a square inside it has 56 %.
_SAFE_SHARE = 0.56
_SHARE = 0.78


@lru_cache(maxsize=128)
def web_icon(palette: Palette, kind: str, icon: Picture | None = None, logo: Picture | None = None) -> Picture:
    """Draw one of `SIDES`, opaque, as a launcher wants it."""
    side = SIDES[kind]
    source = icon or logo
    drawn = _on_ground(palette, source, side, kind) if source else _mark(palette, side, kind)
    stream = BytesIO()
    drawn.convert("RGB").save(stream, "PNG")
    return Picture(digest=hashlib.sha256(stream.getvalue()).hexdigest(), payload=stream.getvalue())


def _mark(palette: Palette, side: int, kind: str) -> Image.Image:
    """The mark fills its ground; in a maskable icon it keeps away from what may be cut."""
    if not kind.startswith("maskable"):
        return draw_mark(palette, side, framed=True)
    ground = Image.new("RGB", (side, side), palette.background)
    inner = round(side * (_SAFE_SHARE + 0.14))  # the mark is round: it may reach into the corners of the square
    mark = draw_mark(palette, inner, framed=False)
    ground.paste(mark, ((side - inner) // 2, (side - inner) // 2), mark)
    return ground


def _on_ground(palette: Palette, source: Picture, side: int, kind: str) -> Image.Image:
    with Image.open(BytesIO(source.payload), formats=("PNG",)) as opened:
        picture = opened.convert("RGBA")
    room = round(side * (_SAFE_SHARE if kind.startswith("maskable") else _SHARE))
    share = min(room / picture.width, room / picture.height)
    size = (max(1, round(picture.width * share)), max(1, round(picture.height * share)))
    fitted = picture.resize(size, Image.Resampling.LANCZOS)
    ground = Image.new("RGB", (side, side), palette.background)
    ground.paste(fitted, ((side - size[0]) // 2, (side - size[1]) // 2), fitted)
    return ground
