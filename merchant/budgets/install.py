"""Puts the API of budgets into the application."""

from aiohttp import web

from merchant.budgets import api
from merchant.budgets.tools import BUDGETS, BudgetTools


def install(app: web.Application, tools: BudgetTools) -> None:
    app[BUDGETS] = tools
    app.add_routes(api.routes)
