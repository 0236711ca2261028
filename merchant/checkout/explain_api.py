"""The API's answer to "why was there no discount?": every line of any receipt kept, and what it was decided by."""

from typing import Any

from aiohttp import web

from merchant.checkout.answers import explanation, instant
from merchant.checkout.tools import TILL
from offers.model.applied import AppliedOffer
from offers.model.errors import WrongScope
from offers.model.ids import CheckoutId
from offers.model.programme import Scope
from offers.model.purchase import Receipt
from web.body import answer

routes = web.RouteTableDef()


@routes.get("/v1/checkouts/{id}/explain")
async def why(request: web.Request) -> web.Response:
    """Explain a receipt: a till those of its outlet, an operator those of the whole programme."""
    tools = request.app[TILL]
    holder = await tools.doorkeeper.holder(request)
    if holder.key.scope not in {Scope.TILL, Scope.OPERATOR} or (holder.key.scope is Scope.TILL and not holder.outlet):
        raise WrongScope(needed=Scope.TILL)
    outlet_id = holder.outlet.id if holder.outlet else None
    checkout_id = CheckoutId(request.match_info["id"])
    receipt = await tools.find_receipts.one(holder.programme.id, checkout_id, outlet_id=outlet_id)
    return answer(explain_answer(receipt))


def explain_answer(receipt: Receipt) -> dict[str, Any]:
    """A pure function of the receipt: what was decided then, whatever the rules say today."""
    return {
        "checkout_id": receipt.id,
        "order_ref": receipt.order_ref,
        "state": receipt.state.value,
        "at": instant(receipt.at),
        "currency": receipt.currency,
        "rulebook_digest": receipt.rulebook_digest,
        "zone_rules": receipt.zone_rules,
        "offers": [_applied(offer) for offer in receipt.offers],
        "explain": [explanation(line, receipt.currency) for line in receipt.explain],
    }


def _applied(offer: AppliedOffer) -> dict[str, Any]:
    """What an offer did, by the version it had; `shares` follow the lines of the receipt."""
    return {
        "offer_id": offer.offer_id,
        "version": offer.version,
        "lane": offer.lane.value,
        "funder": offer.funder,
        "saving_minor": offer.saving_minor,
        "points": offer.points,
        "uses": offer.uses,
        "shares": list(offer.shares),
    }
