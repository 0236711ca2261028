"""The API of offers: list, add, change, activate, pause, archive; and every version an offer had.

A change takes `If-Match` with the version it replaces; what is the same already is not written again.
"""

from aiohttp import web

from merchant.offers.answers import offer_answer, version_answer
from merchant.offers.bodies import (
    OffersQuery,
    VersionsQuery,
    as_json,
    merged,
    read_patch,
    read_rules_body,
    same_code,
)
from merchant.offers.checked import checked
from merchant.offers.files import RulesText, folded_in
from merchant.offers.offer_body import OfferBody
from merchant.offers.tags import replaced_version, tagged
from merchant.offers.tools import OFFERS
from merchant.offers.writing import offer_document
from offers.engine.rule_changes import RulesChange
from offers.flows.change_offers import NEW
from offers.flows.know_key import KeyHolder
from offers.flows.rule_kinds import OFFER
from offers.model.offer import OfferState
from offers.model.rule_errors import UnknownOffer, UnknownOfferVersion
from offers.model.rules import Rules
from web.body import answer

routes = web.RouteTableDef()
_MAX_DIGITS = 9


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
    return answer({"offers": [offer_answer(offer) for offer in page], "next_after": after, "edition": rules.edition})


@routes.post("/v1/offers")
async def add(request: web.Request) -> web.Response:
    holder = await request.app[OFFERS].doorkeeper.operator_key(request)
    return await _put(request, holder, await read_rules_body(request, OfferBody), instead_of_version=NEW)


@routes.get("/v1/offers/{code}")
async def look(request: web.Request) -> web.Response:
    tools = request.app[OFFERS]
    programme = await tools.doorkeeper.operator(request)
    offer = await tools.look_at_offers.rule(programme.id, OFFER, request.match_info["code"])
    return answer(offer_answer(offer), headers=tagged(offer.version))


@routes.put("/v1/offers/{code}")
async def put(request: web.Request) -> web.Response:
    """Write an offer whole: a new one, or the next version of one there is."""
    holder = await request.app[OFFERS].doorkeeper.operator_key(request)
    body = await read_rules_body(request, OfferBody)
    same_code(request.match_info["code"], body.code)
    return await _put(request, holder, body, instead_of_version=replaced_version(request))


@routes.patch("/v1/offers/{code}")
async def patch(request: web.Request) -> web.Response:
    """Change fields of an offer by a merge patch (RFC 7396), on the version that was patched."""
    tools = request.app[OFFERS]
    holder = await tools.doorkeeper.operator_key(request)
    fields = await read_patch(request)
    offer = await tools.look_at_offers.rule(holder.programme.id, OFFER, request.match_info["code"])
    body = checked(OfferBody, as_json(merged(offer_document(offer), fields)))
    same_code(offer.code, body.code)
    expected = replaced_version(request)
    return await _put(request, holder, body, instead_of_version=offer.version if expected is None else expected)


@routes.delete("/v1/offers/{code}")
async def archive(request: web.Request) -> web.Response:
    """Archive an offer. Nothing is lost: `activate` takes it up again."""
    return await _set_state(request, OfferState.ARCHIVED)


@routes.post("/v1/offers/{code}/activate")
async def activate(request: web.Request) -> web.Response:
    return await _set_state(request, OfferState.ACTIVE)


@routes.post("/v1/offers/{code}/pause")
async def pause(request: web.Request) -> web.Response:
    return await _set_state(request, OfferState.PAUSED)


@routes.get("/v1/offers/{code}/versions")
async def versions(request: web.Request) -> web.Response:
    """List the versions of an offer, newest first, a hundred at a time."""
    tools = request.app[OFFERS]
    programme = await tools.doorkeeper.operator(request)
    query = VersionsQuery.model_validate(dict(request.query))
    found = await tools.look_at_offers.versions(programme.id, OFFER, request.match_info["code"], before=query.before)
    before = found[-1].rule.version if found and found[-1].rule.version > 1 else None
    return answer({"versions": [version_answer(version) for version in found], "next_before": before})


@routes.get("/v1/offers/{code}/versions/{number}")
async def version(request: web.Request) -> web.Response:
    tools = request.app[OFFERS]
    programme = await tools.doorkeeper.operator(request)
    code, text = request.match_info["code"], request.match_info["number"]
    if not (text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS):
        raise UnknownOfferVersion(offer=code, version=0)
    found = await tools.look_at_offers.version(programme.id, OFFER, code, int(text))
    return answer(version_answer(found), headers=tagged(found.rule.version))


async def _put(
    request: web.Request, holder: KeyHolder, body: OfferBody, *, instead_of_version: int | None
) -> web.Response:
    offer = body.to_noun(holder.programme.id)
    with RulesText(rules=Rules(programme_id=holder.programme.id), folded=folded_in(body, "")).placing():
        change = await request.app[OFFERS].change_offers.put(
            holder.programme, OFFER, offer, staff_id=staff_of(holder), instead_of_version=instead_of_version
        )
    return _changed(change, offer.code)


async def _set_state(request: web.Request, state: OfferState) -> web.Response:
    tools = request.app[OFFERS]
    holder = await tools.doorkeeper.operator_key(request)
    code = request.match_info["code"]
    change = await tools.change_offers.set_state(
        holder.programme, OFFER, code, state, staff_id=staff_of(holder), instead_of_version=replaced_version(request)
    )
    return _changed(change, code)


def staff_of(holder: KeyHolder) -> str:
    """Name who changes something by a key, as versions and the audit keep it."""
    return f"key:{holder.key.id}"


def _changed(change: RulesChange, code: str) -> web.Response:
    offer = change.after.offer(code)
    if offer is None:
        raise UnknownOffer(offer=code)
    headers = tagged(offer.version)
    if change.added:
        headers["Location"] = f"/v1/offers/{code}"
    return answer(offer_answer(offer), status=201 if change.added else 200, headers=headers)
