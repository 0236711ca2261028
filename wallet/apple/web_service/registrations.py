"""A device adds or removes a card: POST and DELETE /v1/devices/…/registrations/…/…."""

from typing import Annotated

from aiohttp import web
from pydantic import BaseModel, Field, ValidationError

from wallet.apple.web_service.tools import APPLE, device_of, pass_type_of, serial_of, token_of
from web.body import read_body

routes = web.RouteTableDef()
_ADDRESS = "/apple/v1/devices/{device}/registrations/{pass_type}/{serial}"
_MAX_BODY_BYTES = 4096


class RegistrationBody(BaseModel):
    """What a device sends: its push token, in hexadecimal."""

    pushToken: Annotated[str, Field(pattern=r"^[0-9A-Fa-f]{8,200}$")]  # noqa: N815 - Apple's spelling


@routes.post(_ADDRESS)
async def register(request: web.Request) -> web.Response:
    """Answer 201 for a new registration, 200 for one that was there; its push token is kept either way."""
    pass_type, serial, token = pass_type_of(request), serial_of(request), token_of(request)
    await request.app[APPLE].devices.allowed_card(serial, token)
    body = await _read(request)
    is_new = await request.app[APPLE].devices.register(
        device_id=device_of(request),
        pass_type=pass_type,
        serial=serial,
        token=token,
        push_token=body.pushToken.lower(),
    )
    return web.Response(status=201 if is_new else 200)


@routes.delete(_ADDRESS)
async def unregister(request: web.Request) -> web.Response:
    """Answer 200, or 404 when the device was not registered."""
    pass_type, serial, token = pass_type_of(request), serial_of(request), token_of(request)
    was_there = await request.app[APPLE].devices.unregister(
        device_id=device_of(request), pass_type=pass_type, serial=serial, token=token
    )
    return web.Response(status=200 if was_there else 404)


async def _read(request: web.Request) -> RegistrationBody:
    """Read the body; Apple's protocol knows only 400 for a broken one."""
    try:
        return await read_body(request, RegistrationBody, limit_bytes=_MAX_BODY_BYTES)
    except ValidationError as error:
        raise web.HTTPBadRequest from error
