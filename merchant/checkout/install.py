"""Puts the till into the application: its API, its page, its scripts."""

from pathlib import Path

from aiohttp import web

from merchant.checkout import api, explain_api, page, quotes_api, returns_api
from merchant.checkout.tools import TILL, TillTools

TEMPLATES = Path(__file__).parent / "templates"
STATIC_FOLDER = Path(__file__).parent / "static"


def install(app: web.Application, tools: TillTools) -> None:
    app[TILL] = tools
    for part in (api, explain_api, quotes_api, returns_api):
        app.add_routes(part.routes)
    app.add_routes(page.routes)
    app.router.add_static("/static/till", STATIC_FOLDER)
