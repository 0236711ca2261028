"""The API of voucher codes: small batches, a look, a revocation, and the till's redemption."""

from datetime import datetime
from typing import Any

from aiohttp import web

from merchant.checkout.fields import IDEMPOTENCY_HEADER, read_idempotency_key
from merchant.limits import ReturnBody, instant, use_answer
from merchant.vouchers.bodies import BatchBody, RedeemBody
from merchant.vouchers.tools import VOUCHERS
from offers.engine.refills import Returned
from offers.engine.voucher_codes import shown
from offers.flows.find_voucher import Guessers
from offers.model.programme import Till
from offers.model.showing import CodeRight
from offers.model.take import Taker
from offers.model.throttle import Guesser
from offers.model.voucher import Origin, VoucherSight
from web.body import answer, read_body

routes = web.RouteTableDef()
WHOLE = Returned(returned_minor=1, total_minor=1, is_whole=True)


@routes.post("/v1/vouchers")
async def make(request: web.Request) -> web.Response:
    """Make a small batch. The same Idempotency-Key again answers the same codes."""
    tools = request.app[VOUCHERS]
    programme = await tools.doorkeeper.operator(request)
    request_key = read_idempotency_key(request.headers.get(IDEMPOTENCY_HEADER))
    body = await read_body(request, BatchBody)
    batch, codes = await tools.make_codes.at_once(body.to_wish(programme.id, request_key))
    return answer({"batch": batch.id, "codes": sorted(shown(code) for code in codes)}, status=201)


@routes.post("/v1/vouchers/redeem")
async def redeem(request: web.Request) -> web.Response:
    """Use a code once. 422 `voucher_typo` is a typing mistake, 404 `unknown_voucher` a guess, which makes wait."""
    tools = request.app[VOUCHERS]
    till = await tools.doorkeeper.till(request)
    body = await read_body(request, RedeemBody)
    taker = await tools.find_taker(till, body.card, CodeRight.SEE)
    use = await tools.redeem_voucher(
        taker, body.code, cause=_cause(till, body.reference), guessers=_guessers(taker, body.device)
    )
    return answer({"code": body.code, "offer": use.sight.batch.offer_id, "use": use_answer(use.take)}, status=201)


@routes.post("/v1/vouchers/return")
async def give_back(request: web.Request) -> web.Response:
    """Give the use of a code back, as far as its batch allows it."""
    tools = request.app[VOUCHERS]
    till = await tools.doorkeeper.till(request)
    body = await read_body(request, ReturnBody)
    takes = await tools.return_takes(_cause(till, body.reference), WHOLE)
    return answer({"reference": body.reference, "returned": len(takes)})


@routes.get("/v1/vouchers/{code}")
async def look(request: web.Request) -> web.Response:
    tools = request.app[VOUCHERS]
    programme = await tools.doorkeeper.operator(request)
    return answer(voucher_answer(await tools.find_voucher(programme.id, request.match_info["code"]), tools.clock()))


@routes.post("/v1/vouchers/{code}/revoke")
async def revoke(request: web.Request) -> web.Response:
    """Revoke a code; a second time answers the same."""
    tools = request.app[VOUCHERS]
    programme = await tools.doorkeeper.operator(request)
    return answer(voucher_answer(await tools.revoke_voucher(programme.id, request.match_info["code"]), tools.clock()))


def voucher_answer(sight: VoucherSight, at: datetime) -> dict[str, Any]:
    voucher, batch = sight.voucher, sight.batch
    return {
        "code": shown(voucher.code) if batch.origin is Origin.MADE else voucher.code,
        "batch": batch.id,
        "campaign": batch.campaign,
        "offer": batch.offer_id,
        "state": sight.state(at).value,
        "uses_left": voucher.left,
        "uses_per_code": batch.uses_per_code,
        "uses_per_member": batch.uses_per_member,
        "valid_from": instant(batch.valid_from),
        "valid_until": instant(batch.valid_until),
        "revoked_at": instant(voucher.revoked_at),
    }


def _cause(till: Till, reference: str) -> str:
    return f"voucher:{till.outlet.id}:{reference}"


def _guessers(taker: Taker, device: str | None) -> Guessers:
    known = {Guesser.DEVICE: device, Guesser.MEMBER: taker.member_id, Guesser.OUTLET: taker.outlet_id}
    return {kind: who for kind, who in known.items() if who is not None}
