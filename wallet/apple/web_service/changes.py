"""A device asks which of its cards changed: GET /v1/devices/…/registrations/…."""

from aiohttp import web

from wallet.apple.tags import changed_since, write_tag
from wallet.apple.web_service.tools import APPLE, device_of, pass_type_of
from web.body import answer

routes = web.RouteTableDef()


@routes.get("/apple/v1/devices/{device}/registrations/{pass_type}")
async def list_changes(request: web.Request) -> web.Response:
    """Answer every card newer than the tag, and the tag to come back with; 204 when there is none."""
    cards = await request.app[APPLE].devices.cards_on(device_of(request), pass_type_of(request))
    changed = changed_since(request.query.get("passesUpdatedSince"), cards)
    if not changed:
        return web.Response(status=204)
    return answer({"serialNumbers": sorted(card.serial for card in changed), "lastUpdated": write_tag(cards)})
