"""The card as a picture: who it belongs to, what it holds, and a code that a till reads from a phone."""

from functools import lru_cache
from io import BytesIO

import segno
from PIL import Image, ImageDraw

from bot.card import MemberCard
from bot.pattern import draw_ground, draw_strip
from bot.type import Weight, draw_fitted
from locales.catalogue import gettext, ngettext
from locales.numbers import count, percent

WIDTH, HEIGHT = 1080, 1440
MARGIN = 64
HEADER_BOTTOM = 148
STRIP_BOTTOM = 436
FIELDS_TOP = 470
COLUMN_WIDTH = (WIDTH - 2 * MARGIN) / 2 - 20
PANEL_TOP, PANEL_BOTTOM = 584, 1396
PANEL_WIDTH = 800
CODE_SIDE = 740
PANEL_RADIUS = 44
QUIET_MODULES = 4
CODE_BASELINE = 36
LARGE, LARGE_CHARS = 168, 9
_INK = (17, 22, 26)
_WHITE = (255, 255, 255)
_FADED = (98, 106, 112)


def draw_card(card: MemberCard, *, logo: bytes | None = None, banner: bytes | None = None) -> bytes:
    """Draw a card as PNG, 1080x1440. The same card gives the same picture."""
    canvas = draw_ground(card.look.colours, (WIDTH, HEIGHT))
    strip = draw_strip(card.look.colours, (WIDTH, STRIP_BOTTOM - HEADER_BOTTOM), banner)
    canvas.paste(strip, (0, HEADER_BOTTOM), strip)
    pen = ImageDraw.Draw(canvas)
    _draw_header(canvas, pen, card, logo)
    _draw_balance(pen, card)
    _draw_fields(pen, card)
    _draw_code(canvas, pen, card)
    stream = BytesIO()
    canvas.save(stream, "PNG")
    return stream.getvalue()


def _draw_header(canvas: Image.Image, pen: ImageDraw.ImageDraw, card: MemberCard, logo: bytes | None) -> None:
    left = MARGIN
    middle = HEADER_BOTTOM // 2
    if logo is not None:
        mark = _opened(logo)
        mark.thumbnail((240, 96), Image.Resampling.LANCZOS)
        canvas.paste(mark, (left, middle - mark.height // 2), mark)
        left += mark.width + 28
    draw_fitted(
        pen,
        card.programme_name,
        (left, middle),
        width=WIDTH - MARGIN - left,
        weight=Weight.MEDIUM,
        size=52,
        ink=card.look.colours.foreground,
        anchor="lm",
    )


def _draw_balance(pen: ImageDraw.ImageDraw, card: MemberCard) -> None:
    word = ngettext(card.language, "point on the card", "points on the card", card.balance)
    number = count(card.language, card.balance)
    if card.headline is not None:
        number, word = card.headline
    size = LARGE if card.headline is None or len(number) <= LARGE_CHARS else LARGE // 2
    middle = (HEADER_BOTTOM + STRIP_BOTTOM) // 2
    for text, place, weight, size_px, ink in (
        (number, (MARGIN - 4, middle + 44), Weight.BOLD, size, card.look.colours.foreground),
        (word, (MARGIN, middle + 104), Weight.MEDIUM, 40, card.look.colours.label),
    ):
        draw_fitted(pen, text, place, width=WIDTH * 0.62, weight=weight, size=size_px, ink=ink, anchor="ls")


def _draw_fields(pen: ImageDraw.ImageDraw, card: MemberCard) -> None:
    """Two columns: the discount with its level, and what leads to the next one; or what the card's kind shows."""
    share = percent(card.language, card.discount_bp)
    held = f"{share} · {card.level_name}" if card.level_name else share
    columns = [(MARGIN, "ls", gettext(card.language, "Discount"), held)]
    if card.next_level_name is not None:
        ahead = f"{percent(card.language, card.next_discount_bp)} · {card.next_level_name}"
        columns.append((WIDTH - MARGIN, "rs", gettext(card.language, "Next level"), ahead))
    if card.headline is not None:
        sides = ((MARGIN, "ls"), (WIDTH - MARGIN, "rs"))
        columns = [(x, anchor, label, told) for (x, anchor), (label, told) in zip(sides, card.columns, strict=False)]
    for x, anchor, label, told in columns:
        for text, y, weight, size, ink in (
            (label.upper(), FIELDS_TOP + 26, Weight.MEDIUM, 28, card.look.colours.label),
            (told, FIELDS_TOP + 82, Weight.REGULAR, 46, card.look.colours.foreground),
        ):
            draw_fitted(pen, text, (x, y), width=COLUMN_WIDTH, weight=weight, size=size, ink=ink, anchor=anchor)


def _draw_code(canvas: Image.Image, pen: ImageDraw.ImageDraw, card: MemberCard) -> None:
    left = (WIDTH - PANEL_WIDTH) // 2
    canvas.paste(_WHITE, (left, PANEL_TOP), _panel())
    code = draw_code(card.scan_code, CODE_SIDE)
    canvas.paste(code, ((WIDTH - code.width) // 2, PANEL_TOP + 8))
    place = (WIDTH / 2, PANEL_BOTTOM - CODE_BASELINE)
    width = PANEL_WIDTH - 2 * PANEL_RADIUS
    draw_fitted(pen, card.scan_code, place, width=width, weight=Weight.REGULAR, size=28, ink=_FADED, anchor="ms")


@lru_cache(maxsize=1)
def _panel() -> Image.Image:
    """The shape of the white panel; drawn large and reduced, because Pillow's own curves have hard edges."""
    size = (PANEL_WIDTH, PANEL_BOTTOM - PANEL_TOP)
    large = Image.new("L", (size[0] * 4, size[1] * 4))
    ImageDraw.Draw(large).rounded_rectangle((0, 0, large.width, large.height), PANEL_RADIUS * 4, fill=255)
    return large.resize(size, Image.Resampling.LANCZOS)


@lru_cache(maxsize=256)
def draw_code(text: str, side: int) -> Image.Image:
    """Draw a QR code with its quiet zone, in whole pixels a module, as large as the side allows.

    The picture is shared by all callers: copy it before drawing on it.
    """
    code = segno.make_qr(text, error="m")
    modules = len(code.matrix) + 2 * QUIET_MODULES
    small = Image.new("RGB", (modules, modules), _WHITE)
    for row, line in enumerate(code.matrix):
        for column, is_dark in enumerate(line):
            if is_dark:
                small.putpixel((column + QUIET_MODULES, row + QUIET_MODULES), _INK)
    scale = max(1, side // modules)
    return small.resize((modules * scale, modules * scale), Image.Resampling.NEAREST)


def _opened(picture: bytes) -> Image.Image:
    """Open a kept picture: it was re-encoded as PNG when it was accepted."""
    with Image.open(BytesIO(picture), formats=("PNG",)) as opened:
        return opened.convert("RGBA")
