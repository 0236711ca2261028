"""Puts Apple's pass web service, and the member's own download of the pass, into the application."""

from aiohttp import web

from wallet.apple.package import PASS_MEDIA_TYPE
from wallet.apple.web_service import changes, complaints, fetch, personalize, registrations
from wallet.apple.web_service.tools import APPLE, AppleTools

routes = web.RouteTableDef()


@routes.get("/c/{token}.pkpass")
async def download(request: web.Request) -> web.Response:
    """Answer the pass to whoever holds the card's link."""
    tools = request.app[APPLE]
    sight = await tools.look_at_card.by_link(request.match_info["token"])
    payload = await tools.passes.make(sight)
    headers = {"Content-Disposition": 'attachment; filename="card.pkpass"', "Cache-Control": "no-store"}
    return web.Response(body=payload, content_type=PASS_MEDIA_TYPE, headers=headers)


def install(app: web.Application, tools: AppleTools) -> None:
    app[APPLE] = tools
    for endpoint in (registrations, changes, fetch, complaints, personalize):
        app.add_routes(endpoint.routes)
    app.add_routes(routes)
