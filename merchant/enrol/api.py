"""The API of enrolling: a card offered at the till, and the sources that members came from."""

from typing import Any

import segno
from aiohttp import web

from merchant.enrol.bodies import EnrolBody, SourcesQuery
from merchant.enrol.tools import ENROL
from merchant.limits import instant
from offers.engine.phones import home_region, read_phone
from offers.flows.offer_card import Offered
from offers.model.arrival import SourceCount
from offers.model.errors import BadContact
from offers.model.phone_errors import NoTextMessages
from web.body import answer, read_body

routes = web.RouteTableDef()


@routes.post("/v1/members")
async def enrol(request: web.Request) -> web.Response:
    """Offer a card: 201 with a link to open and its QR code as a picture. Whether the phone is known is not told."""
    tools = request.app[ENROL]
    till = await tools.doorkeeper.till(request)
    body = await read_body(request, EnrolBody)
    if body.send and not tools.offer_card.can_send:
        raise NoTextMessages
    try:
        phone = read_phone(body.phone, home_region(till.programme)) if body.phone else None
    except BadContact as refusal:
        vars(refusal)["field"] = "/phone"
        raise
    language = body.language or till.programme.default_language
    offered = await tools.offer_card(till, phone=phone, language=language, send=body.send)
    return answer(_offered(offered, sent=body.send, can_send=tools.offer_card.can_send), status=201)


@routes.get("/v1/sources")
async def sources(request: web.Request) -> web.Response:
    """Count the members of every source, with what they bought since; the 500 largest."""
    tools = request.app[ENROL]
    programme = await tools.doorkeeper.operator(request)
    query = SourcesQuery.model_validate(dict(request.query))
    counted = await tools.count_sources(programme, since=query.since, until=query.until)
    return answer(
        {
            "currency": programme.currency,
            "members": sum(each.members for each in counted),
            "sources": [_source(each) for each in counted],
        }
    )


def _offered(offered: Offered, *, sent: bool, can_send: bool) -> dict[str, Any]:
    code = segno.make_qr(offered.link, error="m")
    return {
        "link": offered.link,
        "qr": code.svg_data_uri(border=2, scale=1, omitsize=True),
        "phone": offered.offer.phone,
        "sent": sent,
        "can_send": can_send,
        "expires_at": instant(offered.offer.expires_at),
    }


def _source(counted: SourceCount) -> dict[str, Any]:
    return {
        "source": counted.source,
        "medium": counted.medium,
        "campaign": counted.campaign,
        "members": counted.members,
        "referred": counted.referred,
        "verified": counted.verified,
        "buyers": counted.buyers,
        "purchases": counted.purchases,
        "spend_minor": counted.spend_minor,
        "first_at": instant(counted.first_at),
        "last_at": instant(counted.last_at),
    }
