"""Puts the API of live updates into the application."""

from aiohttp import web

from merchant.updates import api
from merchant.updates.tools import UPDATES, UpdateTools


def install(app: web.Application, tools: UpdateTools) -> None:
    app[UPDATES] = tools
    app.add_routes(api.routes)
