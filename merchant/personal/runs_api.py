"""The API of runs of personal offers: rehearse, look, issue what was rehearsed, take it back."""

import asyncio
from collections.abc import AsyncIterator
from http import HTTPStatus

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from merchant.offers.tools import staff_of
from merchant.personal.answers import run_answer
from merchant.personal.tools import PERSONAL
from offers.model.personal_run import PersonalRun, PersonalRunId, RunState
from web.body import answer

routes = web.RouteTableDef()
_RUNS = "/v1/personal-offers/runs"
PATIENCE_S = 20.0
"""A request works at a run for so long and answers 202; the same request again goes on. The command does the whole."""


class RunsQuery(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    template: str | None = Field(default=None, max_length=64)


@routes.post("/v1/personal-offers/templates/{code}/dry-run")
async def rehearse(request: web.Request) -> web.Response:
    """Decide for every member and tell what would come of it. Nothing is given to anybody."""
    tools = request.app[PERSONAL]
    holder = await tools.doorkeeper.operator_key(request)
    run = await tools.rehearse(holder.programme, request.match_info["code"], staff_of(holder))
    return answer(run_answer(run), status=201, headers={"Location": f"{_RUNS}/{run.id}"})


@routes.get(_RUNS)
async def every(request: web.Request) -> web.Response:
    """List the latest hundred runs, newest first."""
    tools = request.app[PERSONAL]
    programme = await tools.doorkeeper.operator(request)
    query = RunsQuery.model_validate(dict(request.query))
    found = await tools.look_at_personal.runs(programme.id, template=query.template)
    return answer({"runs": [run_answer(run) for run in found]})


@routes.get(_RUNS + "/{id}")
async def look(request: web.Request) -> web.Response:
    tools = request.app[PERSONAL]
    programme = await tools.doorkeeper.operator(request)
    return answer(run_answer(await tools.look_at_personal.run(programme.id, _id(request))))


@routes.post(_RUNS + "/{id}/issue")
async def issue(request: web.Request) -> web.Response:
    """Issue a run as it was rehearsed: 200 when it is issued whole, 202 when asking again goes on."""
    tools = request.app[PERSONAL]
    holder = await tools.doorkeeper.operator_key(request)
    run = await tools.issue.begin(holder.programme, _id(request), staff_id=staff_of(holder))
    return _progress(await _for_a_while(tools.issue.walk(holder.programme, run), run))


@routes.post(_RUNS + "/{id}/undo")
async def undo(request: web.Request) -> web.Response:
    """Revoke what is unused of a run: 200 when that is done, 202 when asking again goes on."""
    tools = request.app[PERSONAL]
    holder = await tools.doorkeeper.operator_key(request)
    run = await tools.undo.begin(holder.programme, _id(request), staff_id=staff_of(holder))
    return _progress(await _for_a_while(tools.undo.walk(holder.programme, run), run))


async def _for_a_while(pages: AsyncIterator[PersonalRun], run: PersonalRun) -> PersonalRun:
    """Work page by page until the patience is over; a page is never broken off."""
    until = asyncio.get_running_loop().time() + PATIENCE_S
    async for after in pages:
        run = after
        if asyncio.get_running_loop().time() > until:
            break
    return run


def _progress(run: PersonalRun) -> web.Response:
    is_under_way = run.state in {RunState.ISSUING, RunState.UNDOING}
    return answer(run_answer(run), status=HTTPStatus.ACCEPTED if is_under_way else HTTPStatus.OK)


def _id(request: web.Request) -> PersonalRunId:
    return PersonalRunId(request.match_info["id"])
