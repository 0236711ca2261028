"""Puts the member's pages into the application."""

from pathlib import Path

from aiohttp import web

from wallet.pages import card, codes, colours, consents, images, installed, join, lost, own, pictures, poster
from wallet.pages.tools import MEMBER, Tools

__all__ = ["TEMPLATES", "Tools", "install"]

TEMPLATES = Path(__file__).parent / "templates"
STATIC = Path(__file__).parent / "static"


def install(app: web.Application, tools: Tools) -> None:
    app[MEMBER] = tools
    for part in (poster, join, installed, codes, consents, own, lost, card, images, pictures, colours):
        app.add_routes(part.routes)
    app.router.add_static("/static/member", STATIC)
