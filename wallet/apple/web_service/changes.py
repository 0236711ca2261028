"""A device asks which of its cards changed: GET /v1/devices/…/registrations/…."""

from aiohttp import web

from wallet.apple.tags import changed_since, write_tag
from wallet.apple.web_service.tools import APPLE, device_of, pass_type_of
from web.body import answer

routes = web.RouteTableDef()


@routes.get("/apple/v1/devices/{device}/registrations/{pass_type}")
async def list_changes(request: web.Request) -> web.Response:
    """Answer every card in another state than the tag's, and the tag to come back with; 204 when there is none."""
    tools = request.app[APPLE]
    cards = await tools.devices.cards_on(device_of(request), pass_type_of(request))
    states = await tools.states.of_cards(cards)
    changed = changed_since(request.query.get("passesUpdatedSince"), states)
    if not changed:
        return web.Response(status=204)
    return answer({"serialNumbers": sorted(state.card.serial for state in changed), "lastUpdated": write_tag(states)})
