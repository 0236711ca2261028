"""What the handlers of budgets work with."""

from dataclasses import dataclass

from aiohttp import web

from merchant.auth import Doorkeeper
from offers.flows.look_at_budgets import LookAtBudgets
from offers.flows.set_budget import SetBudget


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetTools:
    doorkeeper: Doorkeeper
    set_budget: SetBudget
    look_at_budgets: LookAtBudgets


BUDGETS = web.AppKey("budgets", BudgetTools)
