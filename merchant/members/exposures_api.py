"""The API of exposures, for whoever audits: who was drawn for which arm, with which chances."""

from typing import Annotated, Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from merchant.limits import instant
from merchant.members.tools import MEMBERS, office
from offers.model.exposure import ArmCount, Exposure
from web.body import answer

routes = web.RouteTableDef()
_Name = Annotated[str, Field(min_length=1, max_length=80)]


class ExposuresQuery(BaseModel):
    """Which exposures; `after` is the key of the last one seen."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    campaign: _Name
    occurrence: _Name | None = None
    arm: _Name | None = None
    after: str = Field(default="", max_length=200)
    limit: int = Field(default=100, ge=1, le=1_000)


@routes.get("/v1/exposures")
async def page(request: web.Request) -> web.Response:
    """List a campaign's exposures by key, the held out and those given nothing among them."""
    tools, asker = request.app[MEMBERS], await office(request)
    query = ExposuresQuery.model_validate(dict(request.query))
    found = await tools.look_at_exposures.page(
        asker.programme.id,
        query.campaign,
        occurrence=query.occurrence,
        arm=query.arm,
        after=query.after,
        limit=query.limit,
    )
    last = found[-1].key if len(found) == query.limit else None
    return answer({"exposures": [_exposure(each) for each in found], "next_after": last})


@routes.get("/v1/exposures/arms")
async def arms(request: web.Request) -> web.Response:
    """Count the arms of every campaign by policy, beside what the chances expected."""
    tools, asker = request.app[MEMBERS], await office(request)
    found = await tools.look_at_exposures.counts(asker.programme.id)
    return answer({"arms": [_arm(each) for each in found]})


def _exposure(exposure: Exposure) -> dict[str, Any]:
    return {
        "key": exposure.key,
        "member": exposure.member_id,
        "campaign": exposure.campaign,
        "occurrence": exposure.occurrence,
        "policy": exposure.policy,
        "arm": exposure.arm,
        "chances": {each.arm: each.chance for each in exposure.chances},
        "at": instant(exposure.at),
        "horizon_days": exposure.horizon_days,
        "explored": exposure.explored,
        "held_out": exposure.held_out,
    }


def _arm(count: ArmCount) -> dict[str, Any]:
    return {
        "campaign": count.campaign,
        "policy": count.policy,
        "arm": count.arm,
        "members": count.members,
        "expected": round(count.expected, 3),
        "first_at": instant(count.first_at),
        "last_at": instant(count.last_at),
    }
