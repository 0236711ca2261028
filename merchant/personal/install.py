"""Puts the API of personal offers into an application that has the API of offers."""

from aiohttp import web

from merchant.personal import runs_api, templates_api
from merchant.personal.tools import PERSONAL, PersonalTools


def install(app: web.Application, tools: PersonalTools) -> None:
    app[PERSONAL] = tools
    for each in (templates_api, runs_api):
        app.add_routes(each.routes)
