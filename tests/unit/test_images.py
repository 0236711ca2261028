"""Pictures of a card: sizes, shapes, limits, and the drawn ones."""

import io

import pytest
from PIL import Image

from offers.engine.colours import luminance, parse_colour
from offers.model.errors import NotAnImage
from wallet.images import SOURCE_LIMIT_BYTES, Picture, accept_picture, apple_images, google_hero, google_logo
from wallet.palette import Palette, is_dark, mix

PALETTE = Palette.parse(background="#1d2b36", foreground="#ffffff", label="#f2c14e")


def encoded(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def opened(payload: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(payload))
    image.load()
    return image


def plain(size: tuple[int, int], colour: str = "red") -> bytes:
    return encoded(Image.new("RGB", size, colour))


def sizes(icon: Picture | None = None, logo: Picture | None = None, banner: Picture | None = None) -> dict[str, object]:
    images = apple_images(PALETTE, icon, logo, banner)
    return {name: opened(file.payload).size for name, file in images.files.items()}


def test_a_programme_without_pictures_gets_every_one_drawn() -> None:
    assert sizes() == {
        "icon.png": (38, 38),
        "icon@2x.png": (76, 76),
        "icon@3x.png": (114, 114),
        "logo.png": (50, 50),
        "logo@2x.png": (100, 100),
        "logo@3x.png": (150, 150),
        "strip.png": (375, 144),
        "strip@2x.png": (750, 288),
        "strip@3x.png": (1125, 432),
    }
    assert opened(google_hero(PALETTE).payload).size == (1032, 336)
    assert opened(google_logo(PALETTE).payload).size == (660, 660)


@pytest.mark.parametrize(
    ("source", "points"),
    [((1600, 500), (160, 50)), ((3000, 100), (160, 5)), ((100, 100), (50, 50)), ((20, 4000), (1, 50))],
)
def test_a_logo_keeps_its_shape_inside_the_box_at_every_scale(source: tuple[int, int], points: tuple[int, int]) -> None:
    logo = accept_picture(plain(source))

    found = sizes(logo=logo)

    for scale, name in ((1, "logo.png"), (2, "logo@2x.png"), (3, "logo@3x.png")):
        assert found[name] == (points[0] * scale, points[1] * scale)


def test_a_banner_is_cropped_to_the_middle() -> None:
    source = Image.new("RGB", (1000, 1000), "blue")
    source.paste("red", (0, 400, 1000, 600))

    strip = opened(apple_images(PALETTE, banner=accept_picture(encoded(source))).files["strip.png"].payload)

    assert strip.getpixel((187, 72)) == (255, 0, 0)
    assert strip.size == (375, 144)


def test_transparency_of_a_banner_shows_the_background() -> None:
    source = encoded(Image.new("RGBA", (750, 288), (255, 0, 0, 0)))

    hero = opened(google_hero(PALETTE, accept_picture(source)).payload)

    assert hero.getpixel((500, 150)) == PALETTE.background


def test_googles_logo_leaves_the_margin_that_the_circle_cuts() -> None:
    logo = opened(google_logo(PALETTE, accept_picture(plain((400, 400)))).payload)

    assert logo.getpixel((330, 330)) == (255, 0, 0)
    assert logo.getpixel((660 * 14 // 100, 330)) == PALETTE.background


def test_a_square_picture_becomes_the_icon_as_it_is() -> None:
    icon = opened(apple_images(PALETTE, icon=accept_picture(plain((300, 300)))).files["icon@3x.png"].payload)

    assert icon.getpixel((0, 0)) == (255, 0, 0)


def test_a_logo_stands_in_for_a_missing_icon() -> None:
    icon = opened(apple_images(PALETTE, logo=accept_picture(plain((600, 200)))).files["icon@3x.png"].payload)

    assert icon.getpixel((57, 57)) == (255, 0, 0)
    assert icon.getpixel((57, 2)) == PALETTE.background


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"])
def test_usual_formats_are_taken_and_kept_as_png(kind: str) -> None:
    picture = accept_picture(encoded(Image.new("RGB", (64, 32), "red"), kind))

    kept = opened(picture.payload)
    assert (kept.format, kept.size) == ("PNG", (64, 32))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16"])
def test_every_colour_mode_is_understood(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"

    assert accept_picture(encoded(Image.new(mode, (8, 8)), kind)).digest


def test_a_photo_is_turned_upright_and_loses_its_metadata() -> None:
    source = Image.new("RGB", (100, 50), "red")
    exif = source.getexif()
    exif[0x0112] = 6  # orientation: a quarter turn
    exif[0x010E] = "where I live"

    kept = opened(accept_picture(encoded(source, "JPEG", exif=exif)).payload)

    assert kept.size == (50, 100)
    assert not dict(kept.getexif())


def test_a_large_picture_is_kept_small() -> None:
    assert max(opened(accept_picture(plain((6000, 3000))).payload).size) <= 2400


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"GIF89a",
        b"not a picture at all",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        plain((50, 50))[:60],
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    ],
    ids=["nothing", "a head alone", "text", "svg", "torn", "postscript"],
)
def test_what_is_no_picture_is_refused(payload: bytes) -> None:
    with pytest.raises(NotAnImage):
        accept_picture(payload)


def test_a_decompression_bomb_is_refused() -> None:
    bomb = encoded(Image.new("1", (8000, 8000)))
    assert len(bomb) < 100_000

    with pytest.raises(NotAnImage):
        accept_picture(bomb)


def test_a_file_beyond_the_limit_is_refused() -> None:
    with pytest.raises(NotAnImage):
        accept_picture(plain((9, 9)) + bytes(SOURCE_LIMIT_BYTES))


def test_the_digest_is_of_what_is_kept_and_not_of_what_came() -> None:
    once = accept_picture(plain((20, 20)))
    again = accept_picture(plain((20, 20)) + b"trailing bytes")

    assert once == again
    assert once.payload == again.payload


def test_sets_are_made_once_for_the_same_colours_and_pictures() -> None:
    other = Palette.parse(background="#5b2a1e", foreground="#ffffff", label="#f2c14e")

    assert apple_images(PALETTE) is apple_images(PALETTE)
    assert apple_images(PALETTE) != apple_images(other)


def test_the_drawn_banner_stays_calm_where_the_balance_is_written() -> None:
    strip = opened(apple_images(PALETTE).files["strip@2x.png"].payload).convert("L")

    left, right = strip.crop((0, 0, 220, 288)), strip.crop((530, 0, 750, 288))

    def spread(part: Image.Image) -> int:
        lowest, highest = part.getextrema()
        return int(highest) - int(lowest)

    assert spread(left) < 30
    assert spread(right) > 80


@pytest.mark.parametrize("written", ["", "1d2b36", "#1d2b3", "#1d2b366", "red", "#gggggg", "#1d2b36\n"])
def test_what_is_no_colour_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="not a colour"):
        parse_colour(written)


def test_colours_mix_and_weigh_as_they_look() -> None:
    assert mix((0, 0, 0), (255, 255, 255), 0.5) == (128, 128, 128)
    assert luminance((255, 255, 255)) == pytest.approx(1.0)
    assert luminance((0, 0, 0)) == 0.0
    assert is_dark((29, 43, 54))
    assert not is_dark((244, 239, 230))
