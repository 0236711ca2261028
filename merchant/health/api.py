"""The API of health: the doctor's findings, in both languages."""

from aiohttp import web

from merchant.health.tools import HEALTH
from web.body import answer

routes = web.RouteTableDef()


@routes.get("/v1/health/findings")
async def findings(request: web.Request) -> web.Response:
    """Tell what is well and what is wrong, and how to mend it; looked at anew once a minute at most."""
    tools = request.app[HEALTH]
    await tools.doorkeeper.operator(request)
    return answer(await tools.findings())
