"""Pictures for Google by their addresses: drawn only when we gave the address, in the size that Google asks for."""

import io
from dataclasses import replace

import pytest
from PIL import Image

from offers.engine.card_look import CardLook, look_of
from offers.engine.starter_designs import starter_design
from offers.model.design import CardKind, Images
from tests.card_faces import AT
from tests.coffee_house import PROGRAMME
from tests.unit.google_designs import ADDRESSES, ISSUER
from wallet.google.class_bodies import ClassSubject, class_body
from wallet.google.pictures import GooglePictures
from wallet.images import accept_picture
from wallet.pictures import PictureBook


def _uploaded() -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (900, 200), "red").save(stream, "PNG")
    return stream.getvalue()


LOGO = accept_picture(_uploaded())


async def find(digest: str) -> bytes | None:
    return LOGO.payload if digest == LOGO.digest else None


def pictures() -> GooglePictures:
    return GooglePictures(book=PictureBook(find), public_url="https://cards.example", key=b"k" * 32)  # type: ignore[arg-type]  # any that finds


def look(**images: str | None) -> CardLook:
    return look_of(replace(starter_design(PROGRAMME.id), images=Images(**images)), at=AT)


async def drawn(address: str | None) -> tuple[int, int] | None:
    assert address is not None
    _, _, name = address.rpartition("/")
    _, kind, colours, source, mac = name.removesuffix(".png").split("-")
    picture = await pictures().draw(kind, colours, source, mac)
    return Image.open(io.BytesIO(picture.payload)).size if picture else None


async def test_every_address_we_give_is_drawn_in_googles_size() -> None:
    own = look(logo=LOGO.digest, banner=LOGO.digest, wide_logo=LOGO.digest)
    for shown in (own, look()):
        assert await drawn(pictures().hero(shown)) == (1032, 336)
        assert await drawn(pictures().logo(shown)) == (660, 660)
    assert await drawn(pictures().wide_logo(own)) == (1280, 400)


async def test_nothing_is_drawn_for_an_address_of_somebody_elses_or_a_picture_that_is_gone() -> None:
    good = pictures().logo(look())
    assert await drawn(good.replace("-logo-", "-hero-")) is None
    assert await drawn(pictures().logo(look(logo="0" * 64))) is None
    assert await drawn(pictures().wide_logo(look(wide_logo="0" * 64))) is None


@pytest.mark.parametrize(
    ("kind", "name"),
    [(CardKind.BONUS, "wideProgramLogo"), (CardKind.GIFT, "wideProgramLogo"), (CardKind.COUPON, "wideTitleImage")],
)
def test_a_wide_logo_goes_on_the_class_of_every_kind_that_has_one(kind: CardKind, name: str) -> None:
    subject = ClassSubject(programme=PROGRAMME, design=starter_design(PROGRAMME.id, kind), look=look())
    wide = replace(ADDRESSES, wide_logo="https://cards.example/wide.png")

    assert name not in class_body(subject, issuer_id=ISSUER, addresses=ADDRESSES)
    told = class_body(subject, issuer_id=ISSUER, addresses=wide)
    assert told[name]["sourceUri"] == {"uri": "https://cards.example/wide.png"}
    assert pictures().wide_logo(look()) is None
