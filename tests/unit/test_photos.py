"""Reading a card's code from pictures: real codes, drawn and then spoiled as photos are."""

import asyncio
import random
import zlib

import pytest
from PIL import Image, ImageOps

from offers.model.errors import ImageTooLarge, NoCodeInPhoto, NotAnImage, TooManyRequests
from tests.pictures import code_picture, grainy, on_counter, packed, tilted, turned
from web.photos import MAX_UNSCALED_PIXELS, MAX_WAITING, THREADS, PhotoReader, read_photo

CODE = "TSR1.0123456789abcdefghjk.mnpqrstvwxyz0123"
PLAIN = on_counter(code_picture(CODE))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_code_is_read_from_every_kind_of_picture(kind: str) -> None:
    assert read_photo(packed(PLAIN, kind)) == CODE


@pytest.mark.parametrize("degrees", [7, 45, 90, 133, 180, 270])
def test_a_turned_card_is_read(degrees: int) -> None:
    assert read_photo(packed(turned(PLAIN, degrees))) == CODE


def test_a_card_seen_from_the_side_in_bad_light_and_packed_badly_is_read() -> None:
    spoiled = grainy(tilted(turned(PLAIN, 11)))

    assert read_photo(packed(spoiled, quality=30)) == CODE


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_camera_may_say_how_it_was_held(orientation: int) -> None:
    """Half of these are mirrored until they are turned as the camera says."""
    exif = Image.Exif()
    exif[0x0112] = orientation

    assert read_photo(packed(PLAIN, exif=exif)) == CODE


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA", "I;16", "CMYK"])
def test_every_way_to_keep_colours_is_read(mode: str) -> None:
    picture = code_picture(CODE).convert("L").convert(mode) if mode != "CMYK" else code_picture(CODE).convert(mode)

    assert read_photo(packed(picture, "JPEG" if mode == "CMYK" else "PNG")) == CODE


def test_dark_modules_on_nothing_are_read_as_on_white_paper() -> None:
    black = Image.new("L", code_picture(CODE).size, 0)
    clear = Image.merge("LA", (black, ImageOps.invert(code_picture(CODE).convert("L"))))

    assert read_photo(packed(clear, "PNG")) == CODE


def test_light_modules_on_a_dark_screen_are_read() -> None:
    assert read_photo(packed(ImageOps.invert(PLAIN))) == CODE


def test_a_small_code_in_a_large_photo_is_read() -> None:
    photo = Image.effect_noise((6_000, 4_500), 40).convert("RGB")
    photo.paste(code_picture(CODE, scale=9), (4_100, 600))

    assert read_photo(packed(photo, quality=40)) == CODE


def test_among_several_codes_ours_is_chosen() -> None:
    counter = Image.new("RGB", (1400, 700), "white")
    counter.paste(code_picture("https://example.com/menu"), (40, 40))
    counter.paste(code_picture(CODE), (700, 40))

    assert read_photo(packed(counter)) == CODE


@pytest.mark.parametrize(
    "picture",
    [Image.new("RGB", (1, 1)), Image.effect_noise((900, 700), 90), code_picture("x" * 65)],
    ids=["a dot", "noise", "too long to be a card's"],
)
def test_a_picture_without_a_cards_code_is_refused(picture: Image.Image) -> None:
    with pytest.raises(NoCodeInPhoto):
        read_photo(packed(picture, "PNG"))


@pytest.mark.parametrize(
    "content",
    [b"", b"<svg/>", b"%PDF-1.7", b"\xff\xd8\xff", packed(PLAIN)[:900], packed(PLAIN, "GIF"), packed(PLAIN, "BMP")],
    ids=["nothing", "svg", "pdf", "a head", "torn", "gif", "bmp"],
)
def test_what_is_not_a_picture_of_the_three_kinds_is_refused(content: bytes) -> None:
    with pytest.raises(NotAnImage):
        read_photo(content)


def test_a_picture_with_too_many_pixels_is_refused_before_it_is_unpacked() -> None:
    bomb = packed(Image.new("1", (4_001, MAX_UNSCALED_PIXELS // 4_000)), "PNG")
    monster = _png_that_claims(30_000, 30_000)

    for content in (bomb, monster):
        with pytest.raises(ImageTooLarge):
            read_photo(content)


def _png_that_claims(width: int, height: int) -> bytes:
    head = b"IHDR" + width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x00\x00\x00\x00"
    body = b"IDAT" + zlib.compress(b"\x00" * 100)
    chunks = [(len(part) - 4).to_bytes(4, "big") + part + zlib.crc32(part).to_bytes(4, "big") for part in (head, body)]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow warns of broken metadata, and reads on
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_spoiled_file_is_read_or_refused_and_never_breaks_the_reader(kind: str) -> None:
    dice = random.Random(17)  # noqa: S311 - the same spoiled files every time
    whole = packed(code_picture(CODE, scale=3), kind)
    refused = 0
    for _ in range(400):
        spoiled = bytearray(whole)
        for _ in range(dice.randint(1, 5)):
            spoiled[dice.randrange(len(spoiled))] = dice.randrange(256)
        try:
            assert read_photo(bytes(spoiled)).isprintable()
        except (NoCodeInPhoto, NotAnImage, ImageTooLarge):
            refused += 1
    assert refused > 0


async def test_the_reader_works_off_the_loop_and_refuses_a_flood() -> None:
    reader = PhotoReader()
    picture = packed(Image.effect_noise((900, 700), 90))
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0.001)
            ticks += 1

    ticking = asyncio.create_task(tick())
    answers = await asyncio.gather(*(reader.read(picture) for _ in range(30)), return_exceptions=True)
    ticking.cancel()

    refused = [answer for answer in answers if isinstance(answer, TooManyRequests)]
    looked_at = [answer for answer in answers if isinstance(answer, NoCodeInPhoto)]
    assert len(looked_at) == THREADS + MAX_WAITING
    assert len(refused) == 30 - THREADS - MAX_WAITING
    assert ticks > 10
    assert await reader.read(packed(PLAIN)) == CODE
    reader.close()
