"""The API of what stands around the offers: groups, tags of goods, guards. `If-Match` takes the edition replaced."""

from typing import Any

from aiohttp import web

from merchant.offers.bodies import read_rules_body
from merchant.offers.rulebook_body import GoodsTagsBody, GroupsBody, GuardsBody
from merchant.offers.tags import replaced_version, tagged
from merchant.offers.tools import OFFERS, staff_of
from merchant.offers.writing import plain
from offers.flows.change_offers import Parts
from offers.flows.know_key import KeyHolder
from offers.model.rules import Rules
from web.body import answer

routes = web.RouteTableDef()


@routes.get("/v1/offer-groups")
async def groups(request: web.Request) -> web.Response:
    rules = await _rules(request)
    return _answer(rules, {"groups": plain(rules.groups)})


@routes.put("/v1/offer-groups")
async def put_groups(request: web.Request) -> web.Response:
    """Write the groups in which offers compete; a group that an offer names has to stay."""
    holder = await request.app[OFFERS].doorkeeper.operator_key(request)
    body = await read_rules_body(request, GroupsBody)
    rules = await _put(request, holder, Parts(groups=tuple(group.to_noun() for group in body.groups)))
    return _answer(rules, {"groups": plain(rules.groups)})


@routes.get("/v1/goods-tags")
async def goods_tags(request: web.Request) -> web.Response:
    rules = await _rules(request)
    return _answer(rules, {"goods_tags": plain(rules.goods_tags)})


@routes.put("/v1/goods-tags")
async def put_goods_tags(request: web.Request) -> web.Response:
    """Write the tags of goods; a tag that something names has to stay."""
    holder = await request.app[OFFERS].doorkeeper.operator_key(request)
    body = await read_rules_body(request, GoodsTagsBody)
    rules = await _put(request, holder, Parts(goods_tags=tuple(tag.to_noun() for tag in body.goods_tags)))
    return _answer(rules, {"goods_tags": plain(rules.goods_tags)})


@routes.get("/v1/guards")
async def guards(request: web.Request) -> web.Response:
    rules = await _rules(request)
    return _answer(rules, plain(rules.guards))


@routes.put("/v1/guards")
async def put_guards(request: web.Request) -> web.Response:
    """Write what holds after every lane."""
    holder = await request.app[OFFERS].doorkeeper.operator_key(request)
    body = await read_rules_body(request, GuardsBody)
    rules = await _put(request, holder, Parts(guards=body.to_noun()))
    return _answer(rules, plain(rules.guards))


async def _rules(request: web.Request) -> Rules:
    tools = request.app[OFFERS]
    programme = await tools.doorkeeper.operator(request)
    return await tools.look_at_offers.rules(programme.id)


async def _put(request: web.Request, holder: KeyHolder, parts: Parts) -> Rules:
    change = await request.app[OFFERS].change_offers.set_parts(
        holder.programme, parts, staff_id=staff_of(holder), instead_of_edition=replaced_version(request)
    )
    return change.after


def _answer(rules: Rules, document: dict[str, Any]) -> web.Response:
    return answer(document, headers=tagged(rules.edition))
