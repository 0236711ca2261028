"""Pictures of a card's code as cashiers take them: turned, tilted, grainy, badly packed."""

from io import BytesIO

import segno
from PIL import Image, ImageFilter

BACKGROUND = "#7d7468"


def code_picture(text: str, *, scale: int = 8) -> Image.Image:
    drawn = BytesIO()
    segno.make(text, error="m", micro=False).save(drawn, kind="png", scale=scale, border=4)
    return Image.open(drawn).convert("RGB")


def on_counter(card: Image.Image, size: tuple[int, int] = (1200, 900)) -> Image.Image:
    counter = Image.new("RGB", size, BACKGROUND)
    counter.paste(card, ((size[0] - card.width) // 2, (size[1] - card.height) // 2))
    return counter


def turned(picture: Image.Image, degrees: float) -> Image.Image:
    return picture.rotate(degrees, expand=True, fillcolor=BACKGROUND, resample=Image.Resampling.BICUBIC)


def tilted(picture: Image.Image) -> Image.Image:
    """Seen from the side: the far edge is a quarter shorter than the near one."""
    width, height = picture.size
    # What stands at each corner of the new picture (upper left, lower left, lower right, upper right) in the old one.
    corners = (0.0, 0.0, 0.0, height, width, height * 1.12, width, -height * 0.12)
    return picture.transform(
        picture.size, Image.Transform.QUAD, corners, resample=Image.Resampling.BICUBIC, fillcolor=BACKGROUND
    )


def grainy(picture: Image.Image) -> Image.Image:
    noise = Image.effect_noise(picture.size, 60).convert("RGB")
    return Image.blend(picture, noise, 0.3).filter(ImageFilter.GaussianBlur(1))


def packed(picture: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    file = BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()
