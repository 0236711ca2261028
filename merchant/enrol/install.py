"""Puts enrolling into the application."""

from aiohttp import web

from merchant.enrol import api
from merchant.enrol.tools import ENROL, EnrolTools


def install(app: web.Application, tools: EnrolTools) -> None:
    app[ENROL] = tools
    app.add_routes(api.routes)
