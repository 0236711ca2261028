"""Puts the API of voucher codes into the application."""

from aiohttp import web

from merchant.vouchers import api
from merchant.vouchers.tools import VOUCHERS, VoucherTools


def install(app: web.Application, tools: VoucherTools) -> None:
    app[VOUCHERS] = tools
    app.add_routes(api.routes)
