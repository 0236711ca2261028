"""Puts the API of personal offers into an application that has the API of offers."""

from aiohttp import web

from merchant.personal import runs_api, templates_api
from merchant.personal.tools import PERSONAL, PersonalTools


def install(app: web.Application, tools: PersonalTools) -> None:
    app[PERSONAL] = tools
    for routes in (templates_api.routes, templates_api.TEMPLATE_API.routes(), runs_api.routes):
        app.add_routes(routes)
