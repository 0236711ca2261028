"""Puts Google's callback into the application, and the robots.txt without which Google does not call."""

from dataclasses import dataclass
from typing import Final

import structlog
from aiohttp import web

from offers.flows.hear_from_google import HearFromGoogle
from offers.model.clock import Clock
from offers.model.google_errors import CallbackRefused
from wallet.google.callback.envelope import BODY_LIMIT_BYTES, open_envelope
from wallet.google.callback.root_keys import RootKeys
from wallet.google.callback.verify import verify
from web.body import read_bytes

CALLBACK_PATH: Final = "/google/callback"
_PRIVATE: Final = "Disallow: /c/\nDisallow: /v1/\n"
# Google calls back as Googlebot and obeys robots.txt; members' cards are nobody's to index.
ROBOTS: Final = f"User-agent: Googlebot\nAllow: {CALLBACK_PATH}\n{_PRIVATE}\nUser-agent: *\n{_PRIVATE}"
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackTools:
    keys: RootKeys
    hear: HearFromGoogle
    issuer_id: str
    clock: Clock


CALLBACK = web.AppKey("google_callback", CallbackTools)
routes = web.RouteTableDef()


@routes.post(CALLBACK_PATH)
async def hear(request: web.Request) -> web.Response:
    """Believe and keep a report, 204; heard before is 204 too. Raises CallbackRefused, CallbackKeysUnavailable."""
    tools = request.app[CALLBACK]
    envelope = open_envelope(await read_bytes(request, limit_bytes=BODY_LIMIT_BYTES))
    roots = await tools.keys.now()
    try:
        news = verify(envelope, roots=roots, issuer_id=tools.issuer_id, at=tools.clock())
    except CallbackRefused as refusal:
        _log.warning("a callback was not believed", reason=refusal.reason)
        raise
    if news:
        await tools.hear(news)
    return web.Response(status=204)


@routes.get("/robots.txt")
async def robots(_: web.Request) -> web.Response:
    return web.Response(text=ROBOTS, content_type="text/plain")


def install(app: web.Application, tools: CallbackTools) -> None:
    app[CALLBACK] = tools
    app.add_routes(routes)
