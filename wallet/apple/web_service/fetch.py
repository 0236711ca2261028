"""A device fetches a card's pass: GET and HEAD /v1/passes/…/…."""

from datetime import UTC, datetime

from aiohttp import web

from offers.model.card import Card
from wallet.apple.package import PASS_MEDIA_TYPE
from wallet.apple.web_service.tools import APPLE, AppleTools, pass_type_of, serial_of, token_of

routes = web.RouteTableDef()


@routes.get("/apple/v1/passes/{pass_type}/{serial}")
async def fetch(request: web.Request) -> web.Response:
    """Answer the pass, signed now, with the instant of its last change; 304 when the device has that one."""
    pass_type_of(request)
    tools = request.app[APPLE]
    card = await tools.devices.allowed_card(serial_of(request), token_of(request))
    if known := await _known(tools, card, request.if_modified_since):
        await tools.devices.fetched(card)
        return _dated(web.Response(status=304), known)
    sight = await tools.look_at_card.by_id(card.id)
    state = await tools.states.of_sight(sight)
    payload = await tools.passes.make(sight)
    last_modified = await tools.states.stamp(state)
    if request.method == "GET":
        await tools.devices.fetched(sight.card)
    return _dated(web.Response(body=payload, content_type=PASS_MEDIA_TYPE), last_modified)


async def _known(tools: AppleTools, card: Card, since: datetime | None) -> datetime | None:
    """Give the date of the state the device has, when it is the one there is now."""
    if since is None:
        return None
    states = await tools.states.of_cards([card])
    stamp = await tools.states.known(states[0]) if states else None
    return stamp if stamp is not None and since.replace(tzinfo=UTC) >= stamp else None


def _dated(response: web.Response, last_modified: datetime) -> web.Response:
    response.last_modified = last_modified
    response.headers["Cache-Control"] = "no-store"
    return response
