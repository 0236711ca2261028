"""The API of templates of personal offers: list, add, change, pause, archive, and every version there was.

Templates are part of the rulebook: `PUT /v1/rulebook` takes them too. A change takes `If-Match` with the version it
replaces.
"""

from aiohttp import web

from merchant.offers.api import staff_of
from merchant.offers.bodies import VersionsQuery, as_json, merged, read_patch, read_rules_body, same_code
from merchant.offers.checked import checked
from merchant.offers.files import RulesText, folded_in
from merchant.offers.tags import replaced_version, tagged
from merchant.offers.template_body import TemplateBody
from merchant.offers.tools import OFFERS
from merchant.offers.writing import template_document
from merchant.personal.answers import template_answer, version_answer
from offers.engine.rule_changes import RulesChange
from offers.flows.change_offers import NEW
from offers.flows.know_key import KeyHolder
from offers.flows.rule_kinds import TEMPLATE
from offers.model.offer import OfferState
from offers.model.personal_errors import UnknownTemplate, UnknownTemplateVersion
from offers.model.rules import Rules
from web.body import answer

routes = web.RouteTableDef()
_ADDRESS = "/v1/personal-offers/templates"
_MAX_DIGITS = 9


@routes.get(_ADDRESS)
async def every(request: web.Request) -> web.Response:
    """List the templates by their codes, archived ones included: there are at most a hundred."""
    tools = request.app[OFFERS]
    programme = await tools.doorkeeper.operator(request)
    found = sorted((await tools.look_at_offers.rules(programme.id)).templates, key=lambda template: template.code)
    return answer({"templates": [template_answer(template) for template in found]})


@routes.post(_ADDRESS)
async def add(request: web.Request) -> web.Response:
    holder = await request.app[OFFERS].doorkeeper.operator_key(request)
    return await _put(request, holder, await read_rules_body(request, TemplateBody), instead_of_version=NEW)


@routes.get(_ADDRESS + "/{code}")
async def look(request: web.Request) -> web.Response:
    tools = request.app[OFFERS]
    programme = await tools.doorkeeper.operator(request)
    template = await tools.look_at_offers.rule(programme.id, TEMPLATE, request.match_info["code"])
    return answer(template_answer(template), headers=tagged(template.version))


@routes.put(_ADDRESS + "/{code}")
async def put(request: web.Request) -> web.Response:
    """Write a template whole: a new one, or the next version of one there is."""
    holder = await request.app[OFFERS].doorkeeper.operator_key(request)
    body = await read_rules_body(request, TemplateBody)
    same_code(request.match_info["code"], body.code)
    return await _put(request, holder, body, instead_of_version=replaced_version(request))


@routes.patch(_ADDRESS + "/{code}")
async def patch(request: web.Request) -> web.Response:
    """Change fields of a template by a merge patch (RFC 7396), on the version that was patched."""
    tools = request.app[OFFERS]
    holder = await tools.doorkeeper.operator_key(request)
    fields = await read_patch(request)
    template = await tools.look_at_offers.rule(holder.programme.id, TEMPLATE, request.match_info["code"])
    body = checked(TemplateBody, as_json(merged(template_document(template), fields)))
    same_code(template.code, body.code)
    expected = replaced_version(request)
    return await _put(request, holder, body, instead_of_version=template.version if expected is None else expected)


@routes.delete(_ADDRESS + "/{code}")
async def archive(request: web.Request) -> web.Response:
    """Archive a template; the coupons it issued end with it. `activate` takes it up again."""
    return await _set_state(request, OfferState.ARCHIVED)


@routes.post(_ADDRESS + "/{code}/activate")
async def activate(request: web.Request) -> web.Response:
    return await _set_state(request, OfferState.ACTIVE)


@routes.post(_ADDRESS + "/{code}/pause")
async def pause(request: web.Request) -> web.Response:
    """Issue nothing more, from the page under way on; the coupons that are out go on."""
    return await _set_state(request, OfferState.PAUSED)


@routes.get(_ADDRESS + "/{code}/versions")
async def versions(request: web.Request) -> web.Response:
    """List the versions of a template, newest first, a hundred at a time."""
    tools = request.app[OFFERS]
    programme = await tools.doorkeeper.operator(request)
    query = VersionsQuery.model_validate(dict(request.query))
    found = await tools.look_at_offers.versions(programme.id, TEMPLATE, request.match_info["code"], before=query.before)
    before = found[-1].rule.version if found and found[-1].rule.version > 1 else None
    return answer({"versions": [version_answer(version) for version in found], "next_before": before})


@routes.get(_ADDRESS + "/{code}/versions/{number}")
async def version(request: web.Request) -> web.Response:
    tools = request.app[OFFERS]
    programme = await tools.doorkeeper.operator(request)
    code, text = request.match_info["code"], request.match_info["number"]
    if not (text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS):
        raise UnknownTemplateVersion(template=code, version=0)
    found = await tools.look_at_offers.version(programme.id, TEMPLATE, code, int(text))
    return answer(version_answer(found), headers=tagged(found.rule.version))


async def _put(
    request: web.Request, holder: KeyHolder, body: TemplateBody, *, instead_of_version: int | None
) -> web.Response:
    template = body.to_noun(holder.programme.id)
    with RulesText(rules=Rules(programme_id=holder.programme.id), folded=folded_in(body, "")).placing():
        change = await request.app[OFFERS].change_offers.put(
            holder.programme, TEMPLATE, template, staff_id=staff_of(holder), instead_of_version=instead_of_version
        )
    return _changed(change, template.code)


async def _set_state(request: web.Request, state: OfferState) -> web.Response:
    tools = request.app[OFFERS]
    holder = await tools.doorkeeper.operator_key(request)
    code = request.match_info["code"]
    change = await tools.change_offers.set_state(
        holder.programme, TEMPLATE, code, state, staff_id=staff_of(holder), instead_of_version=replaced_version(request)
    )
    return _changed(change, code)


def _changed(change: RulesChange, code: str) -> web.Response:
    template = change.after.template(code)
    if template is None:
        raise UnknownTemplate(template=code)
    headers = tagged(template.version)
    is_new = change.before.template(code) is None
    if is_new:
        headers["Location"] = f"{_ADDRESS}/{code}"
    return answer(template_answer(template), status=201 if is_new else 200, headers=headers)
