"""A design's colours as a stylesheet: the pages carry no inline style, so the colours have an address."""

from aiohttp import web

from offers.engine.colours import READABLE, Colour, contrast
from offers.model.design import Colours
from wallet.palette import BLACK, WHITE, Palette, is_dark

routes = web.RouteTableDef()
_YEAR_S = 31_536_000
_HEX = "[0-9a-f]{6}"


def colours_address(design: Colours) -> str:
    named = "-".join(
        colour.lower().removeprefix("#") for colour in (design.background, design.foreground, design.label)
    )
    return f"/colours/{named}.css"


@routes.get(f"/colours/{{background:{_HEX}}}-{{foreground:{_HEX}}}-{{label:{_HEX}}}.css")
async def stylesheet(request: web.Request) -> web.Response:
    """Answer the colours as custom properties; a colour that could not be read on the ground is replaced."""
    named = {name: f"#{digits}" for name, digits in request.match_info.items()}
    palette = Palette.parse(**named)
    colours = {
        "ground": palette.background,
        "ink": readable(palette.foreground, palette.background),
        "label": readable(palette.label, palette.background),
    }
    rules = "".join(f"--card-{name}:#{bytes(colour).hex()};" for name, colour in colours.items())
    headers = {"Cache-Control": f"public, max-age={_YEAR_S}, immutable", "X-Content-Type-Options": "nosniff"}
    return web.Response(text=f":root{{{rules}}}", content_type="text/css", headers=headers)


def readable(colour: Colour, ground: Colour) -> Colour:
    """Give the colour if text in it can be read on the ground, else black or white, whichever can."""
    if contrast(colour, ground) >= READABLE:
        return colour
    return WHITE if is_dark(ground) else BLACK
