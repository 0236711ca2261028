"""The card as an installed page: its manifest, and the worker that keeps the last seen card for a phone offline."""

import hashlib
from functools import cache
from pathlib import Path

from aiohttp import web

from wallet.pages.opened import PRIVATE, TOKEN, open_card
from wallet.pages.pictures import picture_address
from web.body import answer
from web.layout import STATIC_FOLDER

routes = web.RouteTableDef()
MANIFEST = "application/manifest+json"
MAX_SHORT_NAME = 12
SCRIPTS = Path(__file__).parent / "static"
_PAPER = "#f7f2e9"


@routes.get(f"/c/{TOKEN}/manifest.webmanifest")
async def manifest(request: web.Request) -> web.Response:
    """Answer the manifest of one card: the programme's name, colours and icons, and its own link to begin at."""
    opened = await open_card(request)
    look, title = opened.face.look, opened.face.title(opened.language)
    icons = [
        {"src": picture_address(look, kind, opened.tools), "sizes": sizes, "type": "image/png", "purpose": purpose}
        for kind, sizes, purpose in (
            ("icon192", "192x192", "any"),
            ("icon512", "512x512", "any"),
            ("maskable512", "512x512", "maskable"),
        )
    ]
    document = {
        "id": opened.address,
        "name": title,
        "short_name": _short(title),
        "lang": opened.language.value,
        "start_url": opened.address,
        "scope": opened.address,
        "display": "standalone",
        "orientation": "portrait",
        "theme_color": look.colours.background,
        "background_color": _PAPER,
        "icons": icons,
    }
    response = answer(document, headers=PRIVATE)
    response.content_type = MANIFEST
    return response


@routes.get("/c/worker.js")
async def worker(_: web.Request) -> web.Response:
    """Answer the worker under the path whose pages it may keep; it changes whenever anything it keeps does."""
    text = f'const VERSION = "{_version()}";\n{_written()}'
    headers = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
    return web.Response(text=text, content_type="text/javascript", headers=headers)


@cache
def _written() -> str:
    return (SCRIPTS / "worker.js").read_text("utf-8")


@cache
def _version() -> str:
    """Name the state of every file that a page of a card is made of."""
    digest = hashlib.sha256()
    for path in sorted((*SCRIPTS.iterdir(), *STATIC_FOLDER.iterdir())):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _short(title: str) -> str:
    """Give a name that fits under an icon: whole words of it, if one fits."""
    if len(title) <= MAX_SHORT_NAME:
        return title
    whole = title[: MAX_SHORT_NAME + 1].rpartition(" ")[0]
    return whole or title[:MAX_SHORT_NAME]
