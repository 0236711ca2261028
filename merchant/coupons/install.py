"""Puts the API of coupons into the application."""

from aiohttp import web

from merchant.coupons import api
from merchant.coupons.tools import COUPONS, CouponTools


def install(app: web.Application, tools: CouponTools) -> None:
    app[COUPONS] = tools
    app.add_routes(api.routes)
