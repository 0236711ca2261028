"""The till's API: settle, void, ask again, look at a card, read a photo. Quotes and returns stand beside."""

from aiohttp import web

from merchant.checkout.answers import card_answer, receipt_answer, till_answer
from merchant.checkout.bodies import CheckoutBody, CheckoutKind, OrderQuery, QuoteCheckoutBody
from merchant.checkout.code_answers import code_answer
from merchant.checkout.fields import IDEMPOTENCY_HEADER, MAX_BODY_BYTES, read_idempotency_key
from merchant.checkout.quote_answers import order_answer, quote_answer
from merchant.checkout.tools import TILL, TillTools
from offers.model.card import CardState
from offers.model.checkout_errors import PriceChanged
from offers.model.errors import UnknownCard
from offers.model.ids import CheckoutId
from offers.model.programme import Till
from offers.model.quote import Quote
from offers.model.showing import CodeRight
from web.body import MAX_PHOTO_BYTES, answer, read_bytes
from web.problems import STATUS, problem

routes = web.RouteTableDef()


@routes.get("/v1/till")
async def who(request: web.Request) -> web.Response:
    """Tell whose till the key is: the page signs in with it."""
    return answer(till_answer(await request.app[TILL].doorkeeper.till(request)))


@routes.post("/v1/checkouts")
async def settle(request: web.Request) -> web.Response:
    """Settle a quote, or a whole basket at once. The same order, asked again, is answered with the same bytes."""
    tools = request.app[TILL]
    till = await tools.doorkeeper.till(request)
    idempotency_key = read_idempotency_key(request.headers.get(IDEMPOTENCY_HEADER))
    content = await read_bytes(request, limit_bytes=MAX_BODY_BYTES)
    if CheckoutKind.model_validate_json(content).quote_id is not None:
        return await _settle_quote(request, tools, till, content, idempotency_key)
    body = CheckoutBody.model_validate_json(content)
    scanned = await tools.read_code(body.card, programme_id=till.programme.id, outlet_id=till.outlet.id)
    purchase = body.to_purchase(outlet=till.outlet, scanned=scanned, idempotency_key=idempotency_key, now=tools.clock())
    return answer(receipt_answer(await tools.settle_purchase(till, purchase)), status=201)


async def _settle_quote(
    request: web.Request, tools: TillTools, till: Till, content: bytes, idempotency_key: str | None
) -> web.Response:
    """Settle at the quoted price, or answer why not with a fresh quote in the problem document."""
    body = QuoteCheckoutBody.model_validate_json(content)
    settlement = body.to_settlement(outlet=till.outlet, idempotency_key=idempotency_key, now=tools.clock())
    outcome = await tools.settle_quote(till, settlement)
    if isinstance(outcome, Quote):
        return problem(request, PriceChanged.code, STATUS[PriceChanged], quote=quote_answer(outcome, at=tools.clock()))
    return answer(receipt_answer(outcome), status=201)


@routes.post("/v1/checkouts/{id}/void")
async def void(request: web.Request) -> web.Response:
    """Undo a sale of the same business day. A second void answers the voided receipt."""
    tools = request.app[TILL]
    till = await tools.doorkeeper.till(request)
    receipt = await tools.void_purchase(till, CheckoutId(request.match_info["id"]))
    return answer(receipt_answer(receipt))


@routes.get("/v1/checkouts")
async def find(request: web.Request) -> web.Response:
    """Tell what happened to an order: for a till whose connection broke before the answer came."""
    tools = request.app[TILL]
    till = await tools.doorkeeper.till(request)
    query = OrderQuery.model_validate(dict(request.query))
    receipts = await tools.find_receipts.of_order(till, query.order_ref)
    returns = await tools.find_receipts.returns_of(receipts)
    return answer({"checkouts": [order_answer(receipt, returns[receipt.id]) for receipt in receipts]})


@routes.post("/v1/cards/{code}/resolve")
async def resolve(request: web.Request) -> web.Response:
    """Tell what a scanned code is and what it may do. A blocked or voided card is an answer too: see its `state`."""
    tools = request.app[TILL]
    till = await tools.doorkeeper.till(request)
    scanned, may = await tools.look_at_code(till, request.match_info["code"])
    sight = await tools.look_at_card.by_id(scanned.card_id)
    if sight.programme.id != till.programme.id:
        raise UnknownCard
    coupons = []
    if sight.card.state is CardState.ACTIVE and may.rights.allow(CodeRight.USE_COUPONS):
        coupons = await tools.list_coupons(till.programme, sight.member.id)
    stamps = await tools.look_at_card.stamps(sight)
    return answer(card_answer(sight, coupons, stamps, at=tools.clock()) | code_answer(sight.card, scanned.shown, may))


@routes.post("/v1/scan")
async def scan(request: web.Request) -> web.Response:
    """Read the code in a picture: the body is the JPEG, PNG or WebP itself."""
    tools = request.app[TILL]
    await tools.doorkeeper.till(request)
    content = await read_bytes(request, limit_bytes=MAX_PHOTO_BYTES)
    return answer({"code": await tools.photos.read(content)})
