"""The API of the whole rulebook, as JSON or YAML: read it, and load a text in its place or see what that would do."""

import asyncio

from aiohttp import web

from merchant.offers.answers import change_answer
from merchant.offers.bodies import LoadQuery
from merchant.offers.files import (
    MAX_FILE_BYTES,
    RulesText,
    rules_from_json,
    rules_from_yaml,
    rules_to_json,
    rules_to_yaml,
)
from merchant.offers.tags import replaced_version, tagged
from merchant.offers.tools import OFFERS, staff_of
from offers.model.ids import ProgrammeId
from offers.model.rule_errors import InvalidRules, RuleFault
from web.body import answer, read_bytes

routes = web.RouteTableDef()
YAML = "application/yaml"
MAX_YAML_BYTES = 256 * 1024
"""Its reader is slow: this much takes seconds, though in a thread of its own."""


@routes.get("/v1/rulebook")
async def look(request: web.Request) -> web.Response:
    """Give everything as one text: YAML to whoever accepts it, else JSON."""
    tools = request.app[OFFERS]
    programme = await tools.doorkeeper.operator(request)
    rules = await tools.look_at_offers.rules(programme.id)
    if YAML in request.headers.get("Accept", ""):
        text = await asyncio.to_thread(rules_to_yaml, rules)
        return web.Response(text=text, content_type=YAML, headers=tagged(rules.edition))
    return web.json_response(text=rules_to_json(rules), headers=tagged(rules.edition))


@routes.put("/v1/rulebook")
async def load(request: web.Request) -> web.Response:
    """Load a text: offers it leaves out are archived. With `?dry_run=true` nothing is kept and the same is told."""
    tools = request.app[OFFERS]
    holder = await tools.doorkeeper.operator_key(request)
    query = LoadQuery.model_validate(dict(request.query))
    read = await _read(request, holder.programme.id)
    with read.placing():
        change = await tools.change_offers.load(
            holder.programme,
            read.rules,
            staff_id=staff_of(holder),
            dry_run=query.dry_run,
            instead_of_edition=replaced_version(request),
        )
    kept = change.before if query.dry_run else change.after
    return answer({**change_answer(change), "dry_run": query.dry_run}, headers=tagged(kept.edition))


async def _read(request: web.Request, programme_id: ProgrammeId) -> RulesText:
    """Read the text of a body, away from the loop: a large one takes long."""
    is_yaml = request.content_type == YAML
    text = await read_bytes(request, limit_bytes=MAX_YAML_BYTES if is_yaml else MAX_FILE_BYTES)
    try:
        words = text.decode()
    except UnicodeDecodeError:
        raise InvalidRules([RuleFault(pointer="", code="not_utf8")]) from None
    return await asyncio.to_thread(rules_from_yaml if is_yaml else rules_from_json, words, programme_id)
