"""What a person does in the chat."""

from http import HTTPStatus
from typing import Final

from aiohttp import web
from pydantic import BaseModel, Field, ValidationError

from sandbox.phone.page.tools import phone_of
from sandbox.telegram.keyboards import Button, Rows
from sandbox.telegram.person import TEXT_LIMIT_CHARS, Person
from web.body import read_body
from web.layout import page_language

routes = web.RouteTableDef()
BODY_LIMIT_BYTES: Final = 32 * 1024


class TextBody(BaseModel):
    text: str = Field(min_length=1, max_length=TEXT_LIMIT_CHARS)


class PressBody(BaseModel):
    """A button by its place: under a message, or without one in place of the keyboard."""

    message: int | None = None
    row: int = Field(ge=0, le=100)
    column: int = Field(ge=0, le=100)


@routes.post("/chat/messages")
async def send(request: web.Request) -> web.Response:
    person = _person(request)
    try:
        body = await read_body(request, TextBody, limit_bytes=BODY_LIMIT_BYTES)
    except ValidationError as error:
        raise web.HTTPBadRequest from error
    await person.send(body.text)
    return web.Response(status=HTTPStatus.NO_CONTENT)


@routes.post("/chat/presses")
async def press(request: web.Request) -> web.Response:
    person = _person(request)
    try:
        body = await read_body(request, PressBody, limit_bytes=BODY_LIMIT_BYTES)
    except ValidationError as error:
        raise web.HTTPBadRequest from error
    button = _button(person, body)
    if button is None:
        raise web.HTTPNotFound
    if body.message is None:
        await (person.share_contact() if button.request_contact else person.send(button.text))
    elif button.url is None:
        await person.press(button)
    return web.Response(status=HTTPStatus.NO_CONTENT)


def _person(request: web.Request) -> Person:
    """The person, whose Telegram speaks the language of the page."""
    person = phone_of(request).person
    person.chat.person["language_code"] = page_language(request)
    return person


def _button(person: Person, body: PressBody) -> Button | None:
    rows: Rows = person.keyboard
    if body.message is not None:
        rows = next((each.buttons for each in person.messages if each.message_id == body.message), ())
    if body.row >= len(rows) or body.column >= len(rows[body.row]):
        return None
    return rows[body.row][body.column]
