"""The pictures of a card in every size the wallets ask for, from one source or drawn from the colours."""

import hashlib
import warnings
from dataclasses import dataclass, field
from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageOps

from offers.model.errors import NotAnImage
from wallet.apple.package import ImageSet
from wallet.mosaic import draw_banner, draw_mark
from wallet.palette import Palette

SOURCE_LIMIT_BYTES = 10 * 1024 * 1024
SOURCE_LIMIT_PIXELS = 40_000_000
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")

# Points at @1x; every Apple picture is shipped at @1x, @2x and @3x.
ICON_SIDE = 38
LOGO_BOX = (160, 50)
STRIP_SIZE = (375, 144)
SCALES = (1, 2, 3)
THUMBNAIL_SIDE = 90
ARTWORK_SIZE = (358, 448)
PRIMARY_LOGO_BOX = (126, 30)
PERSONALISATION_LOGO_BOX = (150, 40)
# Pixels, as Google asks.
HERO_SIZE = (1032, 336)
PROGRAMME_LOGO_SIDE = 660
WIDE_LOGO_SIZE = (1280, 400)

# The longest side that any rendition needs, with room to crop; more is thrown away at the door.
_KEPT_SIDE = 2400
# Google cuts the logo to a circle and asks for a margin of 15 % on every side.
_LOGO_SHARE = 0.70
_ICON_SHARE = 0.80
_WIDE_SHARE = 0.90
_HEAVY_BYTES = 150_000

Size = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture as kept: re-encoded PNG under the SHA-256 of its bytes. Two are equal when their digests are."""

    digest: str
    payload: bytes = field(compare=False, repr=False)


def accept_picture(payload: bytes) -> Picture:
    """Decode an uploaded file and encode it afresh: what is not picture (metadata, scripts, trailers) is lost.

    Raises NotAnImage for anything unreadable, in a format not listed, or beyond the limits of bytes and pixels.
    """
    if len(payload) > SOURCE_LIMIT_BYTES:
        raise NotAnImage
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torn metadata is thrown away with the rest of it
            with Image.open(BytesIO(payload), formats=FORMATS) as opened:
                _refuse_bomb(opened)
                opened.draft("RGB", (_KEPT_SIDE, _KEPT_SIDE))  # a JPEG is decoded small at once
                upright = ImageOps.exif_transpose(opened).convert("RGBA")
    except Exception as reason:
        raise NotAnImage from reason
    upright.thumbnail((_KEPT_SIDE, _KEPT_SIDE), Image.Resampling.LANCZOS)
    return _picture(upright)


@dataclass(frozen=True, slots=True, kw_only=True)
class AppleExtras:
    """What a pass shows beyond icon, logo and strip.

    The generic style has no strip; a poster has artwork (else the banner, cut to its shape) and a logo of its own.
    """

    has_strip: bool = True
    is_poster: bool = False
    personalises: bool = False
    thumbnail: Picture | None = None
    artwork: Picture | None = None
    wide_logo: Picture | None = None
    personalisation_logo: Picture | None = None


@lru_cache(maxsize=128)
def apple_images(
    palette: Palette,
    icon: Picture | None = None,
    logo: Picture | None = None,
    banner: Picture | None = None,
    extras: AppleExtras | None = None,
) -> ImageSet:
    """Icon, logo and strip at every scale, hashed and laid out: one set for all cards of a design."""
    files: dict[str, bytes] = {}
    for scale in SCALES:
        suffix = "" if scale == 1 else f"@{scale}x"
        files[f"icon{suffix}.png"] = _encode(_icon(palette, icon or logo, ICON_SIDE * scale))
        files[f"logo{suffix}.png"] = _encode(_logo(palette, logo, scale, LOGO_BOX))
        if extras is None or extras.has_strip:
            files[f"strip{suffix}.png"] = _encode_light(_banner(palette, banner, _scaled(STRIP_SIZE, scale)))
        if extras is not None:
            drawn = _extras(palette, extras, logo, banner, scale)
            files |= {f"{name}{suffix}.png": _encode_light(image) for name, image in drawn.items()}
    return ImageSet.of(files)


def _extras(
    palette: Palette, extras: AppleExtras, logo: Picture | None, banner: Picture | None, scale: int
) -> dict[str, Image.Image]:
    found: dict[str, Image.Image] = {}
    if extras.thumbnail is not None:
        found["thumbnail"] = _filled(palette, extras.thumbnail, _scaled((THUMBNAIL_SIDE, THUMBNAIL_SIDE), scale))
    if extras.is_poster:
        found["artwork"] = _banner(palette, extras.artwork or banner, _scaled(ARTWORK_SIZE, scale))
        found["primaryLogo"] = _logo(palette, extras.wide_logo or logo, scale, PRIMARY_LOGO_BOX)
    if extras.personalises:
        own = extras.personalisation_logo or extras.wide_logo or logo
        found["personalizationLogo"] = _logo(palette, own, scale, PERSONALISATION_LOGO_BOX)
    return found


@lru_cache(maxsize=128)
def google_hero(palette: Palette, banner: Picture | None = None) -> Picture:
    """The banner of a Google card, 1032x336; its digest makes the address that changes with it."""
    return _picture(_banner(palette, banner, HERO_SIZE))


@lru_cache(maxsize=128)
def google_logo(palette: Palette, logo: Picture | None = None) -> Picture:
    """The programme's logo for Google, 660x660, safe inside the circle that Google cuts."""
    side = PROGRAMME_LOGO_SIDE
    if logo is None:
        return _picture(draw_mark(palette, side, framed=True).convert("RGB"))
    return _picture(_on_ground(palette, _open(logo), (side, side), _LOGO_SHARE))


@lru_cache(maxsize=128)
def google_wide_logo(palette: Palette, logo: Picture) -> Picture:
    """The logo that Google shows over the whole width of a card, 1280x400, on the colour of the ground."""
    return _picture(_on_ground(palette, _open(logo), WIDE_LOGO_SIZE, _WIDE_SHARE))


def _refuse_bomb(opened: Image.Image) -> None:
    """Before any pixel is decoded: a few kilobytes may promise gigabytes."""
    if opened.width * opened.height > SOURCE_LIMIT_PIXELS:
        raise NotAnImage


def _icon(palette: Palette, source: Picture | None, side: int) -> Image.Image:
    if source is None:
        mark = draw_mark(palette, ICON_SIDE * SCALES[-1], framed=True).convert("RGB")
        return mark.resize((side, side), Image.Resampling.LANCZOS)
    picture = _open(source)
    if picture.width == picture.height and not _is_transparent(picture):
        return picture.convert("RGB").resize((side, side), Image.Resampling.LANCZOS)
    return _on_ground(palette, picture, (side, side), _ICON_SHARE)


def _logo(palette: Palette, source: Picture | None, scale: int, box: Size) -> Image.Image:
    if source is None:
        side = box[1]
        mark = draw_mark(palette, side * SCALES[-1], framed=False)
        return mark.resize((side * scale, side * scale), Image.Resampling.LANCZOS)
    picture = _trimmed(_open(source))
    # The size in points is settled first: all scales of one logo must have the same shape.
    points = _fitted((picture.width, picture.height), box)
    return picture.resize(_scaled(points, scale), Image.Resampling.LANCZOS)


def _banner(palette: Palette, source: Picture | None, size: Size) -> Image.Image:
    if source is None:
        largest = _scaled(STRIP_SIZE, SCALES[-1])
        drawn = draw_banner(palette, *(largest if size[0] * STRIP_SIZE[1] == size[1] * STRIP_SIZE[0] else size))
        # A palette makes it a third as heavy; every changed card carries it over the air again.
        return drawn.resize(size, Image.Resampling.LANCZOS).quantize(256, kmeans=1)
    return _filled(palette, source, size)


def _filled(palette: Palette, source: Picture, size: Size) -> Image.Image:
    """The picture cut to fill the size, what is transparent in the colour of the ground."""
    picture = _open(source)
    ground = Image.new("RGBA", picture.size, (*palette.background, 255))
    flat = Image.alpha_composite(ground, picture).convert("RGB")
    return ImageOps.fit(flat, size, Image.Resampling.LANCZOS)


def _on_ground(palette: Palette, picture: Image.Image, size: Size, share: float) -> Image.Image:
    """The whole picture in the middle of the background colour."""
    trimmed = _trimmed(picture)
    room = round(size[0] * share), round(size[1] * share)
    fitted = trimmed.resize(_fitted(trimmed.size, room), Image.Resampling.LANCZOS)
    ground = Image.new("RGB", size, palette.background)
    ground.paste(fitted, ((size[0] - fitted.width) // 2, (size[1] - fitted.height) // 2), fitted)
    return ground


def _trimmed(picture: Image.Image) -> Image.Image:
    """Without transparent edges; a picture of nothing stays as it is."""
    return picture.crop(picture.getchannel("A").getbbox() or (0, 0, *picture.size))


def _is_transparent(picture: Image.Image) -> bool:
    lowest, _ = picture.getchannel("A").getextrema()
    return bool(lowest != 255)  # noqa: PLR2004 -- wholly opaque


def _fitted(size: Size, box: Size) -> Size:
    """The largest size of this shape inside the box, never less than a pixel."""
    share = min(box[0] / size[0], box[1] / size[1])
    return max(1, round(size[0] * share)), max(1, round(size[1] * share))


def _scaled(size: Size, scale: int) -> Size:
    return size[0] * scale, size[1] * scale


def _open(picture: Picture) -> Image.Image:
    with Image.open(BytesIO(picture.payload), formats=("PNG",)) as opened:
        return opened.convert("RGBA")


def _picture(image: Image.Image) -> Picture:
    payload = _encode(image)
    return Picture(digest=hashlib.sha256(payload).hexdigest(), payload=payload)


def _encode_light(image: Image.Image) -> bytes:
    """A photograph as PNG is heavy, and goes over the air with every change: 256 colours are a third of it."""
    payload = _encode(image)
    if len(payload) <= _HEAVY_BYTES or image.mode != "RGB":
        return payload
    return _encode(image.quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.FLOYDSTEINBERG))


def _encode(image: Image.Image) -> bytes:
    stream = BytesIO()
    image.save(stream, "PNG")
    return stream.getvalue()
