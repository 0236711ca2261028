"""The API of "what would happen": a basket decided as at a till, with every explanation, and nothing kept."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from aiohttp import web

from merchant.offers.answers import decision_answer
from merchant.offers.bodies import read_rules_body
from merchant.offers.files import RulesText, rules_from_json, rules_from_yaml
from merchant.offers.tools import OFFERS
from merchant.offers.trial_body import TrialBody
from offers.model.ids import ProgrammeId
from offers.model.rule_errors import InvalidRules
from web.body import answer

routes = web.RouteTableDef()
_RULEBOOK = "/rulebook"
_OUTLET = "/outlet"


@routes.post("/v1/offers/try")
async def try_basket(request: web.Request) -> web.Response:
    """Decide a basket by the rules there are, or by those in the body."""
    tools = request.app[OFFERS]
    programme = await tools.doorkeeper.operator(request)
    body = await read_rules_body(request, TrialBody)
    with _in_the_body():
        read = await _read(body, programme.id)
        rules = read.rules if read else None
        trial = body.to_trial(programme, rules, code_key=tools.code_key, now=tools.clock())
        if read is None:
            decision = await tools.try_offers(programme, trial)
        else:
            with read.placing():
                decision = await tools.try_offers(programme, trial)
    return answer(decision_answer(decision, programme.currency))


async def _read(body: TrialBody, programme_id: ProgrammeId) -> RulesText | None:
    """Read the rules to try, away from the loop: a large text takes long."""
    if body.rulebook is None:
        return None
    if isinstance(body.rulebook, str):
        return await asyncio.to_thread(rules_from_yaml, body.rulebook, programme_id)
    return await asyncio.to_thread(rules_from_json, json.dumps(body.rulebook), programme_id)


@contextmanager
def _in_the_body() -> Iterator[None]:
    """Let faults of the rules point into the body that holds them."""
    try:
        yield
    except InvalidRules as error:
        raise InvalidRules(
            [
                fault if fault.pointer == _OUTLET else replace(fault, pointer=f"{_RULEBOOK}{fault.pointer}")
                for fault in error.faults
            ]
        ) from None
