"""A device fetches a card's pass: GET and HEAD /v1/passes/…/…."""

from datetime import UTC, datetime

from aiohttp import web

from wallet.apple.package import PASS_MEDIA_TYPE
from wallet.apple.web_service.tools import APPLE, pass_type_of, serial_of, token_of

routes = web.RouteTableDef()


@routes.get("/apple/v1/passes/{pass_type}/{serial}")
async def fetch(request: web.Request) -> web.Response:
    """Answer the pass, signed now, with the instant of its last change; 304 when the device has that one."""
    pass_type_of(request)
    tools = request.app[APPLE]
    card = await tools.devices.allowed_card(serial_of(request), token_of(request))
    if _is_known(request.if_modified_since, card.last_modified):
        await tools.devices.fetched(card)
        return _dated(web.Response(status=304), card.last_modified)
    sight = await tools.look_at_card.by_id(card.id)
    payload = await tools.passes.make(sight)
    if request.method == "GET":
        await tools.devices.fetched(sight.card)
    return _dated(web.Response(body=payload, content_type=PASS_MEDIA_TYPE), sight.card.last_modified)


def _is_known(since: datetime | None, last_modified: datetime) -> bool:
    return since is not None and since.replace(tzinfo=UTC) >= last_modified


def _dated(response: web.Response, last_modified: datetime) -> web.Response:
    response.last_modified = last_modified
    response.headers["Cache-Control"] = "no-store"
    return response
