"""A member enrols on the phone: POST /v1/passes/…/…/personalize keeps the details and answers the signed token."""

from datetime import datetime
from typing import Annotated

from aiohttp import web
from pydantic import BaseModel, Field, ValidationError

from offers.model.errors import UnknownCard
from offers.model.member import PersonalDetails
from wallet.apple.web_service.tools import APPLE, pass_type_of, token_of
from web.body import read_body

routes = web.RouteTableDef()
_MAX_BODY_BYTES = 16 * 1024

Told = Annotated[str, Field(max_length=256)] | None


class DetailsBody(BaseModel):
    """What the phone was told, in Apple's spelling; which of it comes depends on what the pass asked for."""

    fullName: Told = None  # noqa: N815 - Apple's spelling
    givenName: Told = None  # noqa: N815 - Apple's spelling
    familyName: Told = None  # noqa: N815 - Apple's spelling
    emailAddress: Told = None  # noqa: N815 - Apple's spelling
    postalCode: Told = None  # noqa: N815 - Apple's spelling
    ISOCountryCode: Told = None
    phoneNumber: Told = None  # noqa: N815 - Apple's spelling


class PersonalizeBody(BaseModel):
    """The token to sign, and the details."""

    personalizationToken: Annotated[str, Field(min_length=1, max_length=4096)]  # noqa: N815 - Apple's spelling
    requiredPersonalizationInfo: DetailsBody = DetailsBody()  # noqa: N815 - Apple's spelling


@routes.post("/apple/v1/passes/{pass_type}/{serial}/personalize")
async def personalize(request: web.Request) -> web.Response:
    """Answer the detached signature of the token; then the phone fetches the pass anew.

    A token in the header is checked, and phones need not send one. Without one nothing is kept over what was told
    before: whoever learns a serial could write there.
    """
    pass_type_of(request)
    tools = request.app[APPLE]
    try:
        sight = await tools.look_at_card.by_serial(request.match_info["serial"])
        body = await read_body(request, PersonalizeBody, limit_bytes=_MAX_BODY_BYTES)
    except (UnknownCard, ValidationError) as error:
        raise web.HTTPBadRequest from error
    is_proven = "Authorization" in request.headers
    if is_proven:
        await tools.devices.allowed_card(sight.card.serial, token_of(request))
    if is_proven or sight.member.personal is None:
        await tools.personalise(sight.card, _details(body.requiredPersonalizationInfo, tools.passes.now()))
    signature = tools.passes.sign_token(body.personalizationToken)
    return web.Response(body=signature, content_type="application/octet-stream")


def _details(told: DetailsBody, at: datetime) -> PersonalDetails:
    return PersonalDetails(
        told_at=at,
        name=_said(told.fullName) or _said(f"{told.givenName or ''} {told.familyName or ''}"),
        given_name=_said(told.givenName),
        family_name=_said(told.familyName),
        email=_said(told.emailAddress),
        postal_code=_said(told.postalCode),
        country=_said(told.ISOCountryCode),
        phone=_said(told.phoneNumber),
    )


def _said(text: str | None) -> str | None:
    """Give a text without control characters and blanks around it; nothing when nothing is left."""
    plain = "".join(symbol for symbol in text or "" if symbol.isprintable()).strip()
    return plain or None
