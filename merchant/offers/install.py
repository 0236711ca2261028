"""Puts the API of offers into the application."""

from aiohttp import web

from merchant.offers import api, parts_api, rulebook_api, try_api
from merchant.offers.tools import OFFERS, OfferTools


def install(app: web.Application, tools: OfferTools) -> None:
    app[OFFERS] = tools
    for routes in (try_api.routes, api.routes, api.OFFER_API.routes(), parts_api.routes, rulebook_api.routes):
        app.add_routes(routes)
