"""Puts the API of looks into the application."""

from aiohttp import web

from merchant.designs import api, layers_api, preview_api
from merchant.designs.tools import DESIGNS, DesignTools


def install(app: web.Application, tools: DesignTools) -> None:
    app[DESIGNS] = tools
    for part in (api, layers_api, preview_api):
        app.add_routes(part.routes)
