"""The API of prepaid money: gift cards and deposits, on an account of their own, never mixed with points.

A till names the member by the code of the card it scanned.
"""

from aiohttp import web

from merchant.members.answers import payment_answer, prepaid_answer
from merchant.members.bodies import MoneyBody, PaymentBody
from merchant.members.tools import MEMBERS, Asker, needed_key, pointing, till_or_office, whose, whose_to_pay
from offers.flows.spend_prepaid import Spending
from offers.flows.top_up_prepaid import TopUp
from offers.model import ledger_errors
from web.body import answer, read_body

routes = web.RouteTableDef()


@routes.get("/v1/members/{id}/prepaid")
async def look(request: web.Request) -> web.Response:
    tools, asker = request.app[MEMBERS], await till_or_office(request)
    named = await whose(request, asker, now=True)
    account = await tools.look_at_balances.prepaid(asker.programme, named.member_id)
    return answer(prepaid_answer(account, at=tools.clock()))


@routes.post("/v1/members/{id}/prepaid")
async def top_up(request: web.Request) -> web.Response:
    """Put money on the balance. The same Idempotency-Key again answers the same movement."""
    tools, asker = request.app[MEMBERS], await till_or_office(request)
    key = _key(asker, needed_key(request))
    body = await read_body(request, MoneyBody)
    member_id = (await whose(request, asker)).member_id
    wish = TopUp(member_id=member_id, amount_minor=body.amount_minor, key=key, funder=asker.funder)
    return answer(payment_answer(await tools.top_up_prepaid(asker.programme, wish)), status=201)


@routes.post("/v1/members/{id}/prepaid/spend")
async def spend(request: web.Request) -> web.Response:
    """Pay from the balance; the Idempotency-Key names the payment for ever."""
    tools, asker = request.app[MEMBERS], await till_or_office(request)
    key = _key(asker, needed_key(request))
    body = await read_body(request, MoneyBody)
    payer = await whose_to_pay(request, asker)
    wish = Spending(
        member_id=payer.member_id, amount_minor=body.amount_minor, key=key, funder=asker.funder, by=payer.by
    )
    spending = tools.spend_prepaid(asker.programme, wish)
    entry = await pointing(spending, {ledger_errors.NotEnoughBalance: "/amount_minor"})
    return answer(payment_answer(entry), status=201)


@routes.post("/v1/members/{id}/prepaid/undo")
async def undo(request: web.Request) -> web.Response:
    """Return the whole of a payment to the balance; a second time answers the same movement."""
    tools, asker = request.app[MEMBERS], await till_or_office(request)
    body = await read_body(request, PaymentBody)
    member_id = (await whose(request, asker)).member_id
    undoing = tools.spend_prepaid.undo(asker.programme, member_id, _key(asker, body.payment))
    entry = await pointing(undoing, {ledger_errors.UnknownMovement: "/payment"})
    return answer(payment_answer(entry))


def _key(asker: Asker, key: str) -> str:
    """Give the name of a payment among the member's: two outlets may number theirs alike."""
    return f"{asker.scope_of_keys}:{key}"
