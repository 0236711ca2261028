"""The API of budgets: set one, change its cap, look at what is left."""

from typing import Any

from aiohttp import web

from merchant.budgets.bodies import BudgetBody, CapBody, LeftQuery, PageQuery
from merchant.budgets.tools import BUDGETS
from merchant.limits import instant
from offers.model.budget import Budget, BudgetId
from offers.model.ids import MemberId, OutletId, ProgrammeId
from offers.model.take import Taker
from web.body import answer, read_body

routes = web.RouteTableDef()


@routes.post("/v1/budgets")
async def add(request: web.Request) -> web.Response:
    tools = request.app[BUDGETS]
    programme = await tools.doorkeeper.operator(request)
    body = await read_body(request, BudgetBody)
    return answer(budget_answer(await tools.set_budget.add(body.to_budget(programme))), status=201)


@routes.get("/v1/budgets")
async def every(request: web.Request) -> web.Response:
    """List the programme's budgets in a stable order, a page at a time."""
    tools = request.app[BUDGETS]
    programme = await tools.doorkeeper.operator(request)
    query = PageQuery.model_validate(dict(request.query))
    found = await tools.look_at_budgets.page(programme.id, after=query.after, limit=query.limit)
    last = found[-1].id if len(found) == query.limit else None
    return answer({"budgets": [budget_answer(budget) for budget in found], "next_after": last})


@routes.get("/v1/budgets/{id}")
async def look(request: web.Request) -> web.Response:
    """Tell a budget, and what is left of it now for a member and an outlet."""
    tools = request.app[BUDGETS]
    programme = await tools.doorkeeper.operator(request)
    query = LeftQuery.model_validate(dict(request.query))
    budget = await tools.look_at_budgets.one(programme.id, BudgetId(request.match_info["id"]))
    (sight,) = await tools.look_at_budgets.left_of([budget], _taker(programme.id, query))
    return answer({**budget_answer(budget), "left": sight.left})


@routes.patch("/v1/budgets/{id}")
async def change_cap(request: web.Request) -> web.Response:
    """Give a budget another cap; what was taken stays taken."""
    tools = request.app[BUDGETS]
    programme = await tools.doorkeeper.operator(request)
    body = await read_body(request, CapBody)
    changed = await tools.set_budget.change_cap(programme.id, BudgetId(request.match_info["id"]), body.cap)
    return answer(budget_answer(changed))


def budget_answer(budget: Budget) -> dict[str, Any]:
    return {
        "id": budget.id,
        "owner": budget.owner,
        "name": budget.name,
        "measure": budget.measure.value,
        "cap": budget.cap,
        "counted_for": budget.counted_for.value,
        "period": budget.period.value,
        "zone": budget.zone,
        "refill": budget.refill.value,
        "slices": budget.slices,
        "created_at": instant(budget.created_at),
    }


def _taker(programme_id: ProgrammeId, query: LeftQuery) -> Taker:
    return Taker(
        programme_id=programme_id,
        member_id=MemberId(query.member) if query.member else None,
        outlet_id=OutletId(query.outlet) if query.outlet else None,
    )
