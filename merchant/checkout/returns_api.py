"""The till's API, returns: goods of a settled sale come back, whole or in parts."""

from aiohttp import web

from merchant.checkout.bodies import ReturnBody
from merchant.checkout.fields import IDEMPOTENCY_HEADER, MAX_BODY_BYTES, read_idempotency_key
from merchant.checkout.quote_answers import return_answer
from merchant.checkout.tools import TILL
from offers.model.ids import CheckoutId
from web.body import answer, read_body

routes = web.RouteTableDef()


@routes.post("/v1/checkouts/{id}/returns")
async def bring_back(request: web.Request) -> web.Response:
    """Return goods. The same `return_ref`, asked again, is answered with the same bytes."""
    tools = request.app[TILL]
    till = await tools.doorkeeper.till(request)
    idempotency_key = read_idempotency_key(request.headers.get(IDEMPOTENCY_HEADER))
    body = await read_body(request, ReturnBody, limit_bytes=MAX_BODY_BYTES)
    asked = body.to_request(idempotency_key=idempotency_key)
    made = await tools.return_purchase(till, CheckoutId(request.match_info["id"]), asked)
    return answer(return_answer(made), status=201)
