"""The public pictures of a programme: what Google fetches, and what its pages show."""

import asyncio

from aiohttp import web

from offers.engine.card_look import CardLook
from offers.model.programme import Programme
from wallet.images import Picture, google_hero, google_logo
from wallet.pages.tools import MEMBER
from wallet.pictures import PictureBook

routes = web.RouteTableDef()
_YEAR_S = 31_536_000


@routes.get("/images/{programme}/{kind:hero|logo}-{digest:[0-9a-f]{64}}.png")
async def picture(request: web.Request) -> web.Response:
    """Answer a picture whose address names its content. A picture of an earlier design is gone: 404."""
    tools = request.app[MEMBER]
    programme = await tools.find_programme(request.match_info["programme"])
    common = await tools.find_design(programme)
    found = await make_picture(tools.pictures, common.look, request.match_info["kind"])
    if found.digest != request.match_info["digest"]:
        raise web.HTTPNotFound
    headers = {"Cache-Control": f"public, max-age={_YEAR_S}, immutable", "X-Content-Type-Options": "nosniff"}
    return web.Response(body=found.payload, content_type="image/png", headers=headers)


async def hero_address(pictures: PictureBook, programme: Programme, look: CardLook) -> str:
    hero = await make_picture(pictures, look, "hero")
    return f"/images/{programme.slug}/hero-{hero.digest}.png"


async def make_picture(pictures: PictureBook, look: CardLook, kind: str) -> Picture:
    """Draw a look's `hero` (1032x336) or `logo` (660x660) beside the event loop; every one is drawn once."""
    design = await pictures.of(look.colours, look.images)
    if kind == "hero":
        return await asyncio.to_thread(google_hero, design.palette, design.banner)
    return await asyncio.to_thread(google_logo, design.palette, design.logo)
