"""The API of offers: list them, and everything that a rule's API has for each."""

from aiohttp import web

from merchant.offers.bodies import OffersQuery
from merchant.offers.offer_body import OfferBody
from merchant.offers.rule_api import RuleApi
from merchant.offers.tools import OFFERS
from merchant.offers.writing import offer_document
from offers.flows.rule_kinds import OFFER
from web.body import answer

routes = web.RouteTableDef()
OFFER_API = RuleApi(
    address="/v1/offers",
    name="offer",
    kind=OFFER,
    body=OfferBody,
    to_rule=OfferBody.to_noun,
    document=offer_document,
)


@routes.get("/v1/offers")
async def every(request: web.Request) -> web.Response:
    """List the offers by their codes, a page at a time."""
    tools = request.app[OFFERS]
    programme = await tools.doorkeeper.operator(request)
    query = OffersQuery.model_validate(dict(request.query))
    rules = await tools.look_at_offers.rules(programme.id)
    found = sorted(
        (offer for offer in rules.offers if query.state in {None, offer.state} and offer.code > query.after),
        key=lambda offer: offer.code,
    )
    page = found[: query.limit]
    after = page[-1].code if len(found) > len(page) else None
    return answer(
        {"offers": [OFFER_API.rule_answer(offer) for offer in page], "next_after": after, "edition": rules.edition}
    )
