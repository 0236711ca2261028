"""Puts the API of the programme into the application."""

from aiohttp import web

from merchant.programme import api
from merchant.programme.tools import PROGRAMME, ProgrammeTools


def install(app: web.Application, tools: ProgrammeTools) -> None:
    app[PROGRAMME] = tools
    app.add_routes(api.routes)
