"""The API of designs and their pictures. A change takes `If-Match` with the edition it replaces."""

import asyncio
import re

from aiohttp import web

from merchant.designs.answers import design_answer, line_answer
from merchant.designs.bodies import DIGEST, SLUG, DesignBody
from merchant.designs.tools import DESIGNS
from merchant.offers.tags import replaced_version, tagged
from offers.model.design_errors import InvalidDesign, UnknownImage
from offers.model.rule_errors import RuleFault
from web.body import answer, read_body, read_bytes

routes = web.RouteTableDef()
MAX_PICTURE_BYTES = 10 * 1024 * 1024
_YEAR_S = 31_536_000
_SLUG_CHARS = 40


@routes.get("/v1/designs")
async def every(request: web.Request) -> web.Response:
    """List the designs, at most fifty; the main one is there even before anybody changed it."""
    tools = request.app[DESIGNS]
    programme = await tools.doorkeeper.operator(request)
    return answer({"designs": [line_answer(design) for design in await tools.look_at.every(programme)]})


@routes.get("/v1/designs/{slug}")
async def look(request: web.Request) -> web.Response:
    tools = request.app[DESIGNS]
    programme = await tools.doorkeeper.operator(request)
    design = await tools.look_at.one(programme, request.match_info["slug"])
    return answer(design_answer(design), headers=tagged(design.edition))


@routes.put("/v1/designs/{slug}")
async def put(request: web.Request) -> web.Response:
    """Keep a design, a new one (201) or another edition (200). Everything that is wrong is told at once."""
    tools = request.app[DESIGNS]
    holder = await tools.doorkeeper.operator_key(request)
    slug = request.match_info["slug"]
    if not re.fullmatch(SLUG, slug):
        raise InvalidDesign([RuleFault(pointer="/slug", code="bad_key", facts={"limit": _SLUG_CHARS})])
    body = await read_body(request, DesignBody)
    kept = await tools.keep_design(
        holder.programme,
        body.to_noun(holder.programme.id, slug),
        edition=replaced_version(request),
        staff_id=holder.key.id,
        faults=body.faults(),
    )
    status = 201 if kept.is_new else 200
    return answer(design_answer(kept.design), status=status, headers=tagged(kept.design.edition))


@routes.delete("/v1/designs/{slug}")
async def remove(request: web.Request) -> web.Response:
    """Remove a design that no card has."""
    tools = request.app[DESIGNS]
    holder = await tools.doorkeeper.operator_key(request)
    await tools.keep_design.remove(holder.programme, request.match_info["slug"], staff_id=holder.key.id)
    return web.Response(status=204)


@routes.post("/v1/designs/images")
async def upload(request: web.Request) -> web.Response:
    """Take a picture in any usual format, at most 10 MB, and answer the digest under which it is kept as PNG."""
    tools = request.app[DESIGNS]
    await tools.doorkeeper.operator(request)
    payload = await read_bytes(request, limit_bytes=MAX_PICTURE_BYTES)
    accepted = await asyncio.to_thread(tools.accept, payload)
    kept = await tools.keep_picture(accepted.digest, accepted.payload)
    return answer({"digest": kept.digest, "width": kept.width, "height": kept.height}, status=201)


@routes.get("/v1/designs/images/{digest}")
async def picture(request: web.Request) -> web.Response:
    tools = request.app[DESIGNS]
    await tools.doorkeeper.operator(request)
    digest = request.match_info["digest"]
    payload = await tools.find_picture(digest) if re.fullmatch(DIGEST, digest) else None
    if payload is None:
        raise UnknownImage
    headers = {"Cache-Control": f"private, max-age={_YEAR_S}, immutable", "X-Content-Type-Options": "nosniff"}
    return web.Response(body=payload, content_type="image/png", headers=headers)
