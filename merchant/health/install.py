"""Puts the API of health into the application; its tools are set when the application starts."""

from aiohttp import web

from merchant.health import api


def install(app: web.Application) -> None:
    app.add_routes(api.routes)
