"""Puts the API of cards into the application."""

from aiohttp import web

from merchant.cards import api
from merchant.cards.tools import CARDS, CardTools


def install(app: web.Application, tools: CardTools) -> None:
    app[CARDS] = tools
    app.add_routes(api.routes)
