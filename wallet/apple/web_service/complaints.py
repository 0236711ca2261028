"""A device tells what went wrong: POST /v1/log. Anyone may call it, so it is bounded in every direction."""

import structlog
from aiohttp import web
from pydantic import BaseModel, ValidationError

from wallet.apple.web_service.tools import APPLE
from web.body import read_body

routes = web.RouteTableDef()
_MAX_BODY_BYTES = 64 * 1024
_MAX_LINES = 50
_MAX_LINE_LENGTH = 1_000
_log = structlog.get_logger()


class LogBody(BaseModel):
    logs: list[str]


@routes.post("/apple/v1/log")
async def log(request: web.Request) -> web.Response:
    """Keep the first 50 lines, 1,000 symbols of each; the store forgets them after 30 days."""
    tools = request.app[APPLE]
    tools.log_limit.check(request.remote or "")
    try:
        body = await read_body(request, LogBody, limit_bytes=_MAX_BODY_BYTES)
    except ValidationError as error:
        raise web.HTTPBadRequest from error
    lines = [line[:_MAX_LINE_LENGTH] for line in body.logs[:_MAX_LINES]]
    if lines:
        await tools.logs.keep(lines)
        _log.warning("a device complains", lines=lines)
    return web.Response(status=200)
