"""Puts Apple's pass web service, and the member's own download of the pass, into the application."""

from aiohttp import web

from wallet.apple.package import BUNDLE_LIMIT, BUNDLE_MEDIA_TYPE, PASS_MEDIA_TYPE, build_bundle
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


@routes.get("/c/{token}.pkpasses")
async def download_all(request: web.Request) -> web.Response:
    """Answer every card of the member that can be used, in one file that Safari adds at once."""
    tools = request.app[APPLE]
    sights = await tools.look_at_card.together(await tools.look_at_card.by_link(request.match_info["token"]))
    payload = build_bundle([await tools.passes.make(each) for each in sights[:BUNDLE_LIMIT]])
    headers = {"Content-Disposition": 'attachment; filename="cards.pkpasses"', "Cache-Control": "no-store"}
    return web.Response(body=payload, content_type=BUNDLE_MEDIA_TYPE, headers=headers)


def install(app: web.Application, tools: AppleTools) -> None:
    app[APPLE] = tools
    for endpoint in (registrations, changes, fetch, complaints, personalize):
        app.add_routes(endpoint.routes)
    app.add_routes(routes)
