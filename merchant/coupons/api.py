"""The API of coupons: grant, look, list, activate, revoke; and the till's redemption."""

from typing import Any

from aiohttp import web

from merchant.coupons.bodies import GrantBody, ListQuery, RedeemBody
from merchant.coupons.tools import COUPONS
from merchant.limits import ReturnBody, instant, use_answer
from merchant.offers.writing import benefit_document
from offers.engine.refills import Returned
from offers.flows.look_at_coupons import CouponSight
from offers.model.coupon import Coupon, CouponId
from offers.model.ids import MemberId
from offers.model.programme import Programme, Till
from offers.model.showing import CodeRight
from web.body import answer, read_body

routes = web.RouteTableDef()
WHOLE = Returned(returned_minor=1, total_minor=1, is_whole=True)


@routes.post("/v1/coupons")
async def grant(request: web.Request) -> web.Response:
    """Grant a coupon. The same grant key again answers the coupon that is there."""
    tools = request.app[COUPONS]
    programme = await tools.doorkeeper.operator(request)
    body = await read_body(request, GrantBody)
    coupon = await tools.grant_coupon(body.to_grant(programme))
    return await _tell(request, programme, coupon, status=201)


@routes.get("/v1/coupons")
async def of_member(request: web.Request) -> web.Response:
    """List a member's coupons, newest first."""
    tools = request.app[COUPONS]
    programme = await tools.doorkeeper.operator(request)
    query = ListQuery.model_validate(dict(request.query))
    sights = await tools.look_at_coupons.of_member(
        programme.id, MemberId(query.member), before=query.before, limit=query.limit
    )
    last = sights[-1].coupon.id if len(sights) == query.limit else None
    return answer({"coupons": [coupon_answer(sight) for sight in sights], "next_before": last})


@routes.post("/v1/coupons/return")
async def give_back(request: web.Request) -> web.Response:
    """Give a use back: to its period while that is open, else as the grant promises."""
    tools = request.app[COUPONS]
    till = await tools.doorkeeper.till(request)
    body = await read_body(request, ReturnBody)
    takes = await tools.return_takes(_cause(till, body.reference), WHOLE)
    return answer({"reference": body.reference, "returned": len(takes)})


@routes.get("/v1/coupons/{id}")
async def look(request: web.Request) -> web.Response:
    tools = request.app[COUPONS]
    programme = await tools.doorkeeper.operator(request)
    return answer(coupon_answer(await tools.look_at_coupons.one(programme.id, _id(request))))


@routes.post("/v1/coupons/{id}/activate")
async def activate(request: web.Request) -> web.Response:
    """Put a draft into force; its member hears of it now."""
    tools = request.app[COUPONS]
    programme = await tools.doorkeeper.operator(request)
    return await _tell(request, programme, await tools.activate_coupon(programme.id, _id(request)))


@routes.post("/v1/coupons/{id}/revoke")
async def revoke(request: web.Request) -> web.Response:
    """Revoke a coupon; a second time answers the same."""
    tools = request.app[COUPONS]
    programme = await tools.doorkeeper.operator(request)
    return await _tell(request, programme, await tools.revoke_coupon(programme.id, _id(request)))


@routes.post("/v1/coupons/{id}/redeem")
async def redeem(request: web.Request) -> web.Response:
    """Use a coupon once; the same reference again answers the same use."""
    tools = request.app[COUPONS]
    till = await tools.doorkeeper.till(request)
    body = await read_body(request, RedeemBody)
    taker = await tools.find_taker(till, body.card, CodeRight.USE_COUPONS)
    take = await tools.redeem_coupon(_id(request), taker, cause=_cause(till, body.reference))
    return answer({"coupon": take.source, "use": use_answer(take)}, status=201)


async def _tell(request: web.Request, programme: Programme, coupon: Coupon, *, status: int = 200) -> web.Response:
    sight = await request.app[COUPONS].look_at_coupons.one(programme.id, coupon.id)
    return answer(coupon_answer(sight), status=status)


def coupon_answer(sight: CouponSight) -> dict[str, Any]:
    coupon, now = sight.coupon, sight.now
    rule = coupon.recurrence
    return {
        "id": coupon.id,
        "member": coupon.owner,
        "grant_key": coupon.grant_key,
        "binding": coupon.binding.value,
        "offer": coupon.offer_id,
        "campaign": coupon.campaign,
        "title": {"ru": coupon.title.ru, "en": coupon.title.en},
        "recurrence": {
            "every": rule.every.value,
            "zone": rule.zone,
            "uses_per_period": rule.uses_per_period,
            "days": rule.days,
            "weekday": rule.weekday,
            "open_days": rule.open_days,
        },
        "valid_from": instant(coupon.valid_from),
        "valid_until": instant(coupon.valid_until),
        "extend_days": coupon.extend_days,
        "granted_at": instant(coupon.granted_at),
        "state": now.state.value,
        "occurrence": now.occurrence.key if now.occurrence else None,
        "uses_left": now.uses_left,
        "until": instant(now.until),
        "again_at": instant(now.again_at),
        "benefit": benefit_document(coupon.benefit) if coupon.benefit else None,
        "reason": {"ru": coupon.reason.ru, "en": coupon.reason.en} if coupon.reason else None,
    }


def _id(request: web.Request) -> CouponId:
    return CouponId(request.match_info["id"])


def _cause(till: Till, reference: str) -> str:
    return f"coupon:{till.outlet.id}:{reference}"
