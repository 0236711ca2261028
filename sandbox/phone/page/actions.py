"""What a person does with the cards, and to the world around the phone."""

from http import HTTPStatus
from typing import Final, TypeVar

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from locales.catalogue import gettext
from sandbox.phone.links import LINK_LIMIT_CHARS, NotACardLink
from sandbox.phone.page.tools import phone_of
from sandbox.phone.phone import GoogleRefused
from sandbox.phone.refusals import PassRefused
from sandbox.phone.service_client import ServiceFailed
from web.body import answer, read_body
from web.layout import page_language

Body = TypeVar("Body", bound=BaseModel)

routes = web.RouteTableDef()
DONE: Final = HTTPStatus.NO_CONTENT
BODY_LIMIT_BYTES: Final = 16 * 1024


class CardBody(BaseModel):
    card: str = Field(min_length=1, max_length=LINK_LIMIT_CHARS)


class WorldBody(BaseModel):
    """What is to be switched; what is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    phone_on: bool | None = None
    google_limited: bool | None = None
    telegram_down: bool | None = None


@routes.post("/apple")
async def add_apple(request: web.Request) -> web.Response:
    body = await _read(request, CardBody)
    try:
        serial = await phone_of(request).add_apple(body.card)
    except NotACardLink:
        return _problem(request, "This is not the link of a card here. It looks like {link}.", link=_sample(request))
    except PassRefused as refusal:
        return _said(refusal.text(page_language(request)))
    except ServiceFailed as failure:
        return _problem(request, "The card cannot be had: {problem}.", problem=failure.problem)
    return answer({"serial": serial})


@routes.post("/google")
async def add_google(request: web.Request) -> web.Response:
    body = await _read(request, CardBody)
    try:
        await phone_of(request).add_google(body.card)
    except NotACardLink:
        return _problem(request, "This is not the link of a card here. It looks like {link}.", link=_sample(request))
    except GoogleRefused as refusal:
        return _problem(request, "Google did not take the card: {problem}.", problem=str(refusal))
    return web.Response(status=DONE)


@routes.delete("/apple/{serial}")
async def remove_apple(request: web.Request) -> web.Response:
    serial = request.match_info["serial"]
    if serial not in phone_of(request).device.passes:
        raise web.HTTPNotFound
    await phone_of(request).device.remove(serial)
    return web.Response(status=DONE)


@routes.delete("/google/{card}")
async def remove_google(request: web.Request) -> web.Response:
    try:
        phone_of(request).google.remove(request.match_info["card"])
    except LookupError as error:
        raise web.HTTPNotFound from error
    return web.Response(status=DONE)


@routes.post("/apple/refresh")
async def refresh(request: web.Request) -> web.Response:
    """Ask what changed without a push, as pulling the back of a pass down does."""
    await phone_of(request).device.refresh()
    return web.Response(status=DONE)


@routes.post("/world")
async def change_world(request: web.Request) -> web.Response:
    body = await _read(request, WorldBody)
    phone = phone_of(request)
    if body.phone_on is not None:
        await phone.switch(on=body.phone_on)
    if body.google_limited is not None:
        phone.limit_google(on=body.google_limited)
    if body.telegram_down is not None:
        phone.cut_telegram(on=body.telegram_down)
    return web.Response(status=DONE)


async def _read(request: web.Request, model: type[Body]) -> Body:
    try:
        return await read_body(request, model, limit_bytes=BODY_LIMIT_BYTES)
    except ValidationError as error:
        raise web.HTTPBadRequest from error


def _sample(request: web.Request) -> str:
    return f"{phone_of(request).around.public_url}/c/…"


def _problem(request: web.Request, message: str, **facts: str) -> web.Response:
    return _said(gettext(page_language(request), message, **facts))


def _said(text: str) -> web.Response:
    return answer({"problem": text}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
