"""Puts the phone into an application."""

from pathlib import Path
from typing import Final

from aiohttp import web

from sandbox.phone.page import actions, chat_actions, pictures, screen, stream
from sandbox.phone.page.tools import PHONE
from sandbox.phone.phone import Phone

TEMPLATES: Final = Path(__file__).parent / "templates"
STATIC: Final = Path(__file__).parent / "static"


def install(app: web.Application, phone: Phone) -> None:
    app[PHONE] = phone
    for part in (screen, stream, pictures, actions, chat_actions):
        app.add_routes(part.routes)
    app.router.add_static("/static/phone", STATIC)
