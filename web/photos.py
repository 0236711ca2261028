"""Reading the card's code from a photo or a camera frame: decoded in two threads, never on the loop."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import zxingcpp
from PIL import Image, ImageOps, UnidentifiedImageError

from offers.engine.card_codes import MAX_CODE_LENGTH
from offers.engine.rotating_codes import is_code
from offers.model.errors import ImageTooLarge, NoCodeInPhoto, NotAnImage, TooManyRequests

MAX_PIXELS = 50_000_000
MAX_UNSCALED_PIXELS = 16_000_000
THREADS = 2
MAX_WAITING = 16
_FORMATS = ("JPEG", "PNG", "WEBP")
_CODES = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
_GLANCE_PIXELS = 1_280
_LOOK_PIXELS = 4_000


class PhotoReader:
    """Finds the code in pictures. Made once for an application; `close` ends its threads.

    Two pictures are decoded at a time and sixteen wait; more than that raise TooManyRequests, so that a flood of
    photos costs neither the loop nor the memory.
    """

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="photo")
        self._waiting = 0

    async def read(self, content: bytes) -> str:
        """Give the text of the code. Raises NotAnImage, ImageTooLarge, NoCodeInPhoto, TooManyRequests."""
        if self._waiting >= THREADS + MAX_WAITING:
            raise TooManyRequests(retry_after_s=1)
        self._waiting += 1
        work = asyncio.get_running_loop().run_in_executor(self._threads, read_photo, content)
        work.add_done_callback(self._forget)
        return await work

    def close(self) -> None:
        self._threads.shutdown(wait=True, cancel_futures=True)

    def _forget(self, _: object) -> None:
        self._waiting -= 1


def read_photo(content: bytes) -> str:
    """Find the code in a JPEG, PNG or WebP; among several codes, one of ours goes first.

    A phone's picture is first looked at small, which finds nearly every code at a tenth of the cost.
    """
    picture = _open(content)
    for longest in (_GLANCE_PIXELS, _LOOK_PIXELS):
        texts = _texts(_shrunk(picture, longest))
        if texts:
            return next((text for text in texts if is_code(text)), texts[0])
        if max(picture.size) <= longest:
            break
    raise NoCodeInPhoto


def _open(content: bytes) -> Image.Image:
    """Decode to grey, upright. A JPEG is decoded at a fraction of its size, so it may have more pixels."""
    try:
        picture = Image.open(BytesIO(content), formats=_FORMATS)
        pixels = picture.width * picture.height
        if pixels > (limit := MAX_PIXELS if picture.format == "JPEG" else MAX_UNSCALED_PIXELS):
            raise ImageTooLarge(limit_pixels=limit)
        picture.draft("L", _least(picture.size))
        upright: Image.Image = ImageOps.exif_transpose(_on_white(picture))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ImageTooLarge(limit_pixels=MAX_PIXELS) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise NotAnImage from error
    return upright


def _least(size: tuple[int, int]) -> tuple[int, int]:
    """Give the size below which a JPEG must not be reduced: half the look, since it halves as often as it may."""
    scale = min(1.0, _LOOK_PIXELS / 2 / max(size))
    return max(1, int(size[0] * scale)), max(1, int(size[1] * scale))


def _on_white(picture: Image.Image) -> Image.Image:
    """Turn to grey; what is transparent counts as white paper, or dark modules would drown in black."""
    if picture.mode in ("L", "RGB"):
        grey = picture.convert("L")
    else:
        coloured = picture.convert("RGBA")
        grey = Image.alpha_composite(Image.new("RGBA", coloured.size, "white"), coloured).convert("L")
    return grey


def _shrunk(picture: Image.Image, longest: int) -> Image.Image:
    if max(picture.size) <= longest:
        return picture
    return ImageOps.contain(picture, (longest, longest), Image.Resampling.BOX)


def _texts(picture: Image.Image) -> Sequence[str]:
    found = zxingcpp.read_barcodes(picture, formats=_CODES)
    return [barcode.text for barcode in found if 0 < len(barcode.text) <= MAX_CODE_LENGTH]
