"""A member enrols on the phone: POST /v1/passes/…/…/personalize answers the signed token."""

from typing import Annotated

from aiohttp import web
from pydantic import BaseModel, Field, ValidationError

from offers.model.errors import UnknownCard
from wallet.apple.web_service.tools import APPLE, pass_type_of, token_of
from web.body import read_body

routes = web.RouteTableDef()
_MAX_BODY_BYTES = 16 * 1024


class PersonalizeBody(BaseModel):
    """What the phone sends; of the person's data nothing is kept before a consent text covers it."""

    personalizationToken: Annotated[str, Field(min_length=1, max_length=4096)]  # noqa: N815 - Apple's spelling


@routes.post("/apple/v1/passes/{pass_type}/{serial}/personalize")
async def personalize(request: web.Request) -> web.Response:
    """Answer the detached signature of the token. A token in the header is checked; phones need not send one."""
    pass_type_of(request)
    tools = request.app[APPLE]
    try:
        sight = await tools.look_at_card.by_serial(request.match_info["serial"])
        body = await read_body(request, PersonalizeBody, limit_bytes=_MAX_BODY_BYTES)
    except (UnknownCard, ValidationError) as error:
        raise web.HTTPBadRequest from error
    if "Authorization" in request.headers:
        await tools.devices.allowed_card(sight.card.serial, token_of(request))
    signature = tools.passes.sign_token(body.personalizationToken)
    return web.Response(body=signature, content_type="application/octet-stream")
