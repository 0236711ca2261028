"""The API of templates of personal offers: list them, and everything that a rule's API has for each.

Templates are part of the rulebook: `PUT /v1/rulebook` takes them too. The coupons that a template issued go on while it
is paused, and end when it is archived.
"""

from aiohttp import web

from merchant.offers.rule_api import RuleApi
from merchant.offers.template_body import TemplateBody
from merchant.offers.tools import OFFERS
from merchant.offers.writing import template_document
from offers.flows.rule_kinds import TEMPLATE
from web.body import answer

routes = web.RouteTableDef()
_ADDRESS = "/v1/personal-offers/templates"
TEMPLATE_API = RuleApi(
    address=_ADDRESS,
    name="template",
    kind=TEMPLATE,
    body=TemplateBody,
    to_rule=TemplateBody.to_noun,
    document=template_document,
)


@routes.get(_ADDRESS)
async def every(request: web.Request) -> web.Response:
    """List the templates by their codes, archived ones included: there are at most a hundred."""
    tools = request.app[OFFERS]
    programme = await tools.doorkeeper.operator(request)
    rules = await tools.look_at_offers.rules(programme.id)
    found = sorted(rules.templates, key=lambda template: template.code)
    return answer({"templates": [TEMPLATE_API.rule_answer(template) for template in found]})
