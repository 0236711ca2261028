"""The till's API, quotes: price a basket, hold what the price needs, release it, look again."""

from aiohttp import web

from merchant.checkout.bodies import BasketBody
from merchant.checkout.fields import MAX_BODY_BYTES
from merchant.checkout.quote_answers import quote_answer
from merchant.checkout.tools import TILL
from offers.model.ids import QuoteId
from web.body import answer, read_body

routes = web.RouteTableDef()


@routes.post("/v1/quotes")
async def quote(request: web.Request) -> web.Response:
    """Price a basket. The price is honoured until `expires_at`; nothing is reserved yet."""
    tools = request.app[TILL]
    till = await tools.doorkeeper.till(request)
    body = await read_body(request, BasketBody, limit_bytes=MAX_BODY_BYTES)
    scanned = await tools.read_code(body.card, programme_id=till.programme.id, outlet_id=till.outlet.id)
    made = await tools.quote_purchase(till, scanned.card_id, body.to_basket(), scanned.shown)
    return answer(quote_answer(made, at=tools.clock()), status=201)


@routes.get("/v1/quotes/{id}")
async def look(request: web.Request) -> web.Response:
    """Tell how a quote stands: open, held, or settled by which checkout."""
    tools = request.app[TILL]
    till = await tools.doorkeeper.till(request)
    found = await tools.find_quote(till, QuoteId(request.match_info["id"]))
    return answer(quote_answer(found, at=tools.clock()))


@routes.post("/v1/quotes/{id}/hold")
async def hold(request: web.Request) -> web.Response:
    """Hold what the quote needs for a quarter of an hour; asked again, it is held for another."""
    tools = request.app[TILL]
    till = await tools.doorkeeper.till(request)
    held = await tools.hold_quote(till, QuoteId(request.match_info["id"]))
    return answer(quote_answer(held, at=tools.clock()))


@routes.delete("/v1/quotes/{id}/hold")
async def release(request: web.Request) -> web.Response:
    """Release a hold before its time; without one, nothing changes."""
    tools = request.app[TILL]
    till = await tools.doorkeeper.till(request)
    released = await tools.release_hold(till, QuoteId(request.match_info["id"]))
    return answer(quote_answer(released, at=tools.clock()))
