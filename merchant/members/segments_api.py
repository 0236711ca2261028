"""The API of a member's segments: the names that offers ask for."""

from aiohttp import web

from merchant.members.bodies import SegmentsBody
from merchant.members.tools import MEMBERS, member_of, office
from web.body import answer, read_body

routes = web.RouteTableDef()


@routes.get("/v1/members/{id}/segments")
async def look(request: web.Request) -> web.Response:
    tools, asker = request.app[MEMBERS], await office(request)
    member = await tools.look_at_balances.member(asker.programme, member_of(request))
    return answer({"segments": list(member.segments)})


@routes.put("/v1/members/{id}/segments")
async def put(request: web.Request) -> web.Response:
    """Replace the segments; from then on the member is in these and in no other."""
    tools, asker = request.app[MEMBERS], await office(request)
    body = await read_body(request, SegmentsBody)
    member = await tools.put_in_segments(asker.programme, member_of(request), body.segments)
    return answer({"segments": list(member.segments)})
