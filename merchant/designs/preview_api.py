"""Previews: what a card will show at any instant, as facts, as a picture and as a pass; and what phones complain of."""

from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from aiohttp import web
from pydantic import AwareDatetime, BaseModel, Field

from merchant.designs.answers import face_answer
from merchant.designs.bodies import DesignBody
from merchant.designs.tools import DESIGNS, DesignTools
from offers.flows.look_at_card import CardSight, face_of
from offers.model.design import MAIN_DESIGN
from offers.model.errors import UnknownCard, WalletUnavailable
from offers.model.ids import CardId
from offers.model.programme import Language, Programme
from web.body import answer, read_body
from web.rule_faults import fault_answer

routes = web.RouteTableDef()
PASS_MEDIA_TYPE = "application/vnd.apple.pkpass"  # noqa: S105 -- a media type
_NOT_CONFIGURED_S = 3_600


class Shape(StrEnum):
    """What a preview is asked for as."""

    JSON = "json"
    PNG = "png"
    PKPASS = "pkpass"


class PreviewQuery(BaseModel):
    """`at`: as of when; now without it. Instants a year ahead and more are as good as any."""

    at: AwareDatetime | None = None
    language: Language | None = None
    shape: Shape = Field(default=Shape.JSON, alias="as")


class LogsQuery(BaseModel):
    before: AwareDatetime | None = None
    limit: int = Field(default=100, ge=1, le=500)


@routes.get("/v1/cards/{id}/preview")
async def of_card(request: web.Request) -> web.Response:
    """Show what a card shows at an instant, by what is known now: layers, ends of points and coupons, its own end."""
    tools = request.app[DESIGNS]
    programme = await tools.doorkeeper.operator(request)
    query = PreviewQuery.model_validate(dict(request.query))
    at = query.at or tools.clock()
    sight = await _sight(tools, programme, CardId(request.match_info["id"]), at)
    return await _show(request, sight, query, at)


@routes.post("/v1/designs/{slug}/preview")
async def of_design(request: web.Request) -> web.Response:
    """Show a card (`?card=<id>`) as a design that is not kept would draw it, with what is wrong with the design."""
    tools = request.app[DESIGNS]
    programme = await tools.doorkeeper.operator(request)
    body = await read_body(request, DesignBody)
    facts = dict(request.query)
    card_id = CardId(facts.pop("card", ""))
    query = PreviewQuery.model_validate(facts)
    at = query.at or tools.clock()
    design = body.to_noun(programme.id, request.match_info["slug"] or MAIN_DESIGN)
    sight = await tools.look_as_of(at).under(await _sight(tools, programme, card_id, at), design)
    if query.shape is not Shape.JSON:
        return await _show(request, sight, query, at)
    faults = [*body.faults(), *await tools.keep_design.faults(design)]
    language = Language(query.language or sight.member.language).value
    told = face_answer(face_of(sight, code_key=tools.code_key, at=at), at=at)
    return answer({**told, "faults": [fault_answer(language, fault) for fault in faults]})


@routes.get("/v1/apple/logs")
async def logs(request: web.Request) -> web.Response:
    """Give the newest lines phones wrote about cards of the programme, and about none; `before` is the last seen."""
    tools = request.app[DESIGNS]
    programme = await tools.doorkeeper.operator(request)
    query = LogsQuery.model_validate(dict(request.query))
    found = await tools.logs.read(programme.id, before=query.before, limit=query.limit)
    return answer(
        {
            "logs": [
                {"received_at": log.received_at.isoformat(), "text": log.text, "is_ours": log.programme_id is not None}
                for log in found
            ]
        }
    )


async def _sight(tools: DesignTools, programme: Programme, card_id: CardId, at: datetime) -> CardSight:
    sight = await tools.look_as_of(at).by_id(card_id)
    if sight.programme.id != programme.id:
        raise UnknownCard
    return sight


async def _show(request: web.Request, sight: CardSight, query: PreviewQuery, at: datetime) -> web.Response:
    tools = request.app[DESIGNS]
    if query.language is not None:
        sight = replace(sight, member=replace(sight.member, language=query.language))
    match query.shape:
        case Shape.JSON:
            return answer(face_answer(face_of(sight, code_key=tools.code_key, at=at), at=at))
        case Shape.PNG:
            payload = await tools.draw(sight, sight.member.language, at)
            return web.Response(body=payload, content_type="image/png", headers={"Cache-Control": "no-store"})
        case Shape.PKPASS:
            if tools.make_pass is None:
                raise WalletUnavailable(retry_after_s=_NOT_CONFIGURED_S)
            payload = await tools.make_pass(sight, at)
            return web.Response(body=payload, content_type=PASS_MEDIA_TYPE, headers={"Cache-Control": "no-store"})
