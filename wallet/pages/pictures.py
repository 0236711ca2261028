"""The pictures of a look, at addresses that say what they are drawn from: any layer and any design has its own."""

import asyncio
import hashlib
import hmac

from aiohttp import web

from offers.engine.card_codes import derive_key
from offers.engine.card_look import CardLook
from offers.model.design import Colours, Images
from wallet.images import Picture, google_hero, google_logo
from wallet.pages.tools import MEMBER, Tools
from wallet.palette import Palette
from wallet.pictures import DesignPictures, PictureBook
from wallet.web_icons import SIDES, web_icon

routes = web.RouteTableDef()
HERO, LOGO = "hero", "logo"
KINDS = (HERO, LOGO, *SIDES)
_DRAWN = "0" * 64
_MAC_LENGTH = 24
_YEAR_S = 31_536_000
_HEX = "[0-9a-f]{6}"
_PATTERN = (
    f"/pictures/{{kind:{'|'.join(KINDS)}}}/{{background:{_HEX}}}-{{foreground:{_HEX}}}-{{label:{_HEX}}}"
    f"/{{icon:[0-9a-f]{{64}}}}-{{source:[0-9a-f]{{64}}}}/{{mac:[0-9a-f]{{{_MAC_LENGTH}}}}}.png"
)


@routes.get(_PATTERN)
async def picture(request: web.Request) -> web.Response:
    """Draw what an address of ours names. Only those we signed are drawn: drawing takes time."""
    tools = request.app[MEMBER]
    parts = request.match_info
    named = f"{parts['kind']}/{parts['background']}-{parts['foreground']}-{parts['label']}"
    signed = f"{named}/{parts['icon']}-{parts['source']}"
    if not hmac.compare_digest(_mac(signed, tools), parts["mac"]):
        raise web.HTTPNotFound
    colours = Colours(
        background=f"#{parts['background']}", foreground=f"#{parts['foreground']}", label=f"#{parts['label']}"
    )
    source = None if parts["source"] == _DRAWN else parts["source"]
    icon = None if parts["icon"] == _DRAWN else parts["icon"]
    images = Images(banner=source) if parts["kind"] == HERO else Images(icon=icon, logo=source)
    found = await _draw(tools.pictures, colours, images, parts["kind"])
    headers = {"Cache-Control": f"public, max-age={_YEAR_S}, immutable", "X-Content-Type-Options": "nosniff"}
    return web.Response(body=found.payload, content_type="image/png", headers=headers)


def picture_address(look: CardLook, kind: str, tools: Tools) -> str:
    """Give the address of a picture of a look: another when colours or images change."""
    colours, images = look.colours, look.images
    names = (colours.background, colours.foreground, colours.label)
    source = images.banner if kind == HERO else images.logo
    icon = images.icon if kind in SIDES else None
    drawn_from = "-".join(name.lower().removeprefix("#") for name in names)
    named = f"{kind}/{drawn_from}/{icon or _DRAWN}-{source or _DRAWN}"
    return f"/pictures/{named}/{_mac(named, tools)}.png"


async def _draw(book: PictureBook, colours: Colours, images: Images, kind: str) -> Picture:
    pictures = await book.of(colours, images)
    return await asyncio.to_thread(_drawn, pictures, kind)


def _drawn(pictures: DesignPictures, kind: str) -> Picture:
    palette: Palette = pictures.palette
    if kind == HERO:
        return google_hero(palette, pictures.banner)
    if kind == LOGO:
        return google_logo(palette, pictures.logo)
    return web_icon(palette, kind, pictures.icon, pictures.logo)


def _mac(named: str, tools: Tools) -> str:
    key = derive_key(tools.code_key, "pictures")
    return hmac.new(key, named.encode(), hashlib.sha256).hexdigest()[:_MAC_LENGTH]
