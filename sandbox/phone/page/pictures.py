"""Pictures on the screen: of the pass, of Google's card, of the chat."""

from http import HTTPStatus
from typing import Final

from aiohttp import ClientError, ClientSession, ClientTimeout, web
from yarl import URL

from sandbox.phone.page.tools import phone_of

routes = web.RouteTableDef()
KEPT: Final = {"Cache-Control": "private, max-age=3600, immutable", "X-Content-Type-Options": "nosniff"}
TIMEOUT: Final = ClientTimeout(total=10)
PICTURE_LIMIT_BYTES: Final = 5 * 1024 * 1024
PICTURE_TYPES: Final = frozenset({"image/png", "image/jpeg"})


@routes.get("/passes/{serial}/{name:icon|logo|strip|thumbnail}-{language:[a-z]{2}}-{digest:[0-9a-f]{16}}.png")
async def of_pass(request: web.Request) -> web.Response:
    held = phone_of(request).device.passes.get(request.match_info["serial"])
    picture = held.opened.image(request.match_info["name"], request.match_info["language"]) if held else None
    if picture is None:
        raise web.HTTPNotFound
    return web.Response(body=picture, content_type="image/png", headers=KEPT)


@routes.get("/google/{card}/{name:programLogo|titleImage|heroImage}-{digest:[0-9a-f]{16}}.png")
async def of_google(request: web.Request) -> web.Response:
    """Fetch what the card's own address names, as Google does; from the service around alone."""
    phone = phone_of(request)
    address = phone.google.picture_address(request.match_info["card"], request.match_info["name"])
    if address is None or URL(address).origin() != URL(phone.around.public_url).origin():
        raise web.HTTPNotFound
    return await _fetched(phone.session, address)


@routes.get(r"/chat/photos/{message:\d{1,9}}-{digest:[0-9a-f]{16}}.jpg")
async def of_chat(request: web.Request) -> web.Response:
    wanted = int(request.match_info["message"])
    for message in reversed(phone_of(request).person.messages):
        if message.message_id == wanted and message.photo is not None:
            return web.Response(body=message.photo, content_type="image/jpeg", headers=KEPT)
    raise web.HTTPNotFound


async def _fetched(session: ClientSession, address: str) -> web.Response:
    picture = bytearray()
    try:
        async with session.get(address, timeout=TIMEOUT, allow_redirects=False) as fetched:
            if fetched.status != HTTPStatus.OK or fetched.content_type not in PICTURE_TYPES:
                raise web.HTTPNotFound
            async for chunk in fetched.content.iter_chunked(64 * 1024):
                picture += chunk
                if len(picture) > PICTURE_LIMIT_BYTES:
                    raise web.HTTPNotFound
    except (ClientError, TimeoutError) as error:
        raise web.HTTPNotFound from error
    return web.Response(body=bytes(picture), content_type=fetched.content_type, headers=KEPT)
