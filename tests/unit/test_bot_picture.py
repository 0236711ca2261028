"""The picture of the card: a till reads it from a phone, whatever the colours, the words and the numbers."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image, ImageFilter

from bot.card import MemberCard
from bot.picture import HEIGHT, PANEL_WIDTH, QUIET_MODULES, WIDTH, draw_card, draw_code
from bot.type import Weight, clipped, font
from offers.engine.card_codes import scan_code
from offers.engine.card_look import CardLook
from offers.model.card import CardState
from offers.model.design import Colours, Images
from offers.model.ids import CardId
from offers.model.programme import Language

CODE = scan_code(CardId("06cqk3n8w2x5z7b9d1f4"), b"k" * 32)
CARD = MemberCard(
    language=Language.RU,
    programme_name="Кофейня «Зерно и сливки»",
    currency="RUB",
    look=CardLook(colours=Colours(), images=Images()),
    scan_code=CODE,
    link_token="token",
    state=CardState.ACTIVE,
    balance=1_145,
    discount_bp=500,
    level_name="Серебро",
    next_level_name="Золото",
    next_discount_bp=1_000,
    missing_minor=100_000,
)
CREAM = CardLook(colours=Colours(background="#f3e9dc", foreground="#3b2a1a", label="#a4502f"), images=Images())
ENGLISH = replace(
    CARD,
    language=Language.EN,
    programme_name="Coffee house",
    look=CREAM,
    balance=21,
    level_name="Silver",
    next_level_name="Gold",
)
LONG = replace(
    CARD,
    programme_name="Объединённая программа лояльности пекарен, кофеен и цветочных магазинов Северо-Запада",
    balance=12_345_678,
    level_name="Очень почётный гость нашего дома",
    next_level_name="Самый почётный гость нашего дома",
)
NEWCOMER = replace(CARD, balance=0, discount_bp=0, level_name=None, next_level_name=None)


def opened(picture: bytes) -> Image.Image:
    return Image.open(BytesIO(picture)).convert("RGB")


def read(picture: Image.Image) -> list[str]:
    return [code.text for code in zxingcpp.read_barcodes(picture)]


@pytest.mark.parametrize(
    ("name", "card"),
    [("russian", CARD), ("english", ENGLISH), ("long", LONG), ("newcomer", NEWCOMER)],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_code_on_the_card_is_the_scan_code(name: str, card: MemberCard, artifacts: Path) -> None:
    picture = draw_card(card)

    (artifacts / f"bot-card-{name}.png").write_bytes(picture)
    assert opened(picture).size == (WIDTH, HEIGHT)
    assert read(opened(picture)) == [CODE]


def test_the_code_survives_the_shrinking_and_blurring_of_a_messenger() -> None:
    small = opened(draw_card(CARD)).resize((WIDTH // 4, HEIGHT // 4)).filter(ImageFilter.GaussianBlur(0.8))
    squeezed = BytesIO()
    small.save(squeezed, "JPEG", quality=40)

    assert read(opened(squeezed.getvalue())) == [CODE]


def test_the_code_has_its_quiet_zone() -> None:
    code = draw_code(CODE, PANEL_WIDTH)

    modules = code.width // (code.width // (29 + 2 * QUIET_MODULES))
    edge = code.width * QUIET_MODULES // modules
    assert modules == 29 + 2 * QUIET_MODULES
    assert code.crop((0, 0, code.width, edge)).getcolors() == [(code.width * edge, (255, 255, 255))]
    assert code.getpixel((edge, edge)) != (255, 255, 255)


def test_the_same_card_gives_the_same_picture() -> None:
    assert draw_card(CARD) == draw_card(CARD)


def test_the_balance_and_the_design_show_in_the_picture() -> None:
    assert draw_card(CARD) != draw_card(replace(CARD, balance=1_146))
    assert opened(draw_card(CARD)).getpixel((4, HEIGHT - 4)) == (0x1D, 0x2B, 0x36)


def test_the_programmes_own_banner_and_logo_are_used(artifacts: Path) -> None:
    red, green = BytesIO(), BytesIO()
    Image.linear_gradient("L").convert("RGB").resize((900, 300)).save(red, "PNG")
    Image.new("RGBA", (200, 200), (20, 160, 60, 255)).save(green, "PNG")

    picture = draw_card(CARD, logo=green.getvalue(), banner=red.getvalue())

    (artifacts / "bot-card-banner.png").write_bytes(picture)
    assert read(opened(picture)) == [CODE]
    assert opened(picture).getpixel((80, 74)) == (20, 160, 60)


def test_a_stamp_changes_with_everything_that_shows() -> None:
    changes = [
        replace(CARD, balance=1),
        replace(CARD, language=Language.EN),
        replace(CARD, look=CREAM),
        replace(CARD, missing_minor=99),
    ]

    assert len({card.stamp for card in (CARD, *changes)}) == 5
    assert CARD.stamp == replace(CARD).stamp


def test_a_text_that_does_not_fit_ends_with_an_ellipsis() -> None:
    face = font(Weight.BOLD, 40)

    short = clipped("A very long name indeed", face, 200)

    assert short.endswith("…")
    assert face.getlength(short) <= 200
    assert clipped("Short", face, 200) == "Short"


@pytest.mark.parametrize("weight", Weight)
def test_the_font_has_every_sign_that_money_and_both_languages_need(weight: Weight) -> None:
    face = font(weight, 40)
    missing = bytes(face.getmask("\ue000"))

    for sign in "ЁёЖщъыӘғҚөABZaz09₽€₸₴£$%−–·«»“”„№…":
        assert bytes(face.getmask(sign)) != missing, sign
