"""Puts the API of offers into the application."""

from aiohttp import web

from merchant.offers import api, parts_api, rulebook_api, try_api
from merchant.offers.tools import OFFERS, OfferTools


def install(app: web.Application, tools: OfferTools) -> None:
    app[OFFERS] = tools
    for each in (try_api, api, parts_api, rulebook_api):
        app.add_routes(each.routes)
