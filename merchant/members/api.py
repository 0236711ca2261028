"""The API of the office on one member: balances, own terms, transfers, adjustments; and merges."""

from aiohttp import web

from merchant.members.answers import (
    account_answer,
    adjustment_answer,
    entry_answer,
    merge_answer,
    own_terms_answer,
)
from merchant.members.bodies import AdjustmentBody, MergeBody, OwnTermsBody, TransferBody
from merchant.members.tools import MEMBERS, member_of, needed_key, office, pointing
from offers.flows.adjust_balance import Wish
from offers.flows.merge_members import Doubles
from offers.flows.transfer_points import Transfer
from offers.model import errors, ledger_errors
from offers.model.adjustment import AdjustmentState
from offers.model.ids import MemberId
from web.body import answer, read_body

routes = web.RouteTableDef()


@routes.get("/v1/members/{id}/balances")
async def balances(request: web.Request) -> web.Response:
    """Tell what a member holds in every currency, and the lots it is made of."""
    tools, asker = request.app[MEMBERS], await office(request)
    accounts = await tools.look_at_balances(asker.programme, member_of(request))
    at = tools.clock()
    return answer({"member": accounts[0].member_id, "accounts": [account_answer(each, at=at) for each in accounts]})


@routes.get("/v1/members/{id}/own-terms")
async def own_terms(request: web.Request) -> web.Response:
    tools, asker = request.app[MEMBERS], await office(request)
    member = await tools.look_at_balances.member(asker.programme, member_of(request))
    return answer(own_terms_answer(member.own_terms, at=tools.clock(), currency=asker.programme.currency))


@routes.put("/v1/members/{id}/own-terms")
async def agree(request: web.Request) -> web.Response:
    """Agree terms with one member; they replace the ones before."""
    tools, asker = request.app[MEMBERS], await office(request)
    body = await read_body(request, OwnTermsBody)
    agreeing = tools.agree_own_terms(asker.programme, member_of(request), body.to_terms(), staff_id=asker.id)
    member = await pointing(agreeing, {ledger_errors.TermsEnded: "/until"})
    return answer(own_terms_answer(member.own_terms, at=tools.clock(), currency=asker.programme.currency))


@routes.delete("/v1/members/{id}/own-terms")
async def end(request: web.Request) -> web.Response:
    """End what was agreed; a second time changes nothing."""
    tools, asker = request.app[MEMBERS], await office(request)
    member = await tools.agree_own_terms(asker.programme, member_of(request), None, staff_id=asker.id)
    return answer(own_terms_answer(member.own_terms, at=tools.clock(), currency=asker.programme.currency))


@routes.post("/v1/members/{id}/transfers")
async def transfer(request: web.Request) -> web.Response:
    """Hand points on to another member. The same Idempotency-Key again answers the same movement."""
    tools, asker = request.app[MEMBERS], await office(request)
    key = needed_key(request)
    body = await read_body(request, TransferBody)
    sender = await tools.look_at_balances.member(asker.programme, member_of(request))
    wish = Transfer(sender_id=sender.id, receiver_id=MemberId(body.to), points=body.points, key=key)
    entry = await pointing(
        tools.transfer_points(asker.programme, wish),
        {
            errors.UnknownMember: "/to",
            ledger_errors.SameMember: "/to",
            errors.NotEnoughPoints: "/points",
            ledger_errors.TransferLimitReached: "/points",
        },
    )
    return answer({"from": sender.id, "to": body.to, "movement": entry_answer(entry)}, status=201)


@routes.post("/v1/members/{id}/adjustments")
async def adjust(request: web.Request) -> web.Response:
    """Give or take points: 201 when it is done, 202 when a second person has to approve."""
    tools, asker = request.app[MEMBERS], await office(request)
    key = needed_key(request)
    body = await read_body(request, AdjustmentBody)
    wish = Wish(
        member_id=member_of(request), points=body.points, reason=body.reason, staff_id=asker.id, key=f"{asker.id}:{key}"
    )
    adjusting = tools.adjust_balance(asker.programme, wish)
    adjustment = await pointing(adjusting, {errors.NotEnoughPoints: "/points"})
    waits = adjustment.state is AdjustmentState.WAITING
    return answer(adjustment_answer(adjustment), status=202 if waits else 201)


@routes.get("/v1/adjustments")
async def waiting(request: web.Request) -> web.Response:
    """List what waits for a second person, oldest first, at most a hundred."""
    tools, asker = request.app[MEMBERS], await office(request)
    adjustments = await tools.adjust_balance.waiting(asker.programme)
    return answer({"adjustments": [adjustment_answer(each) for each in adjustments]})


@routes.post("/v1/adjustments/{id}/approve")
async def approve(request: web.Request) -> web.Response:
    """Approve what another key asked for."""
    tools, asker = request.app[MEMBERS], await office(request)
    adjustment_id = request.match_info["id"]
    return answer(
        adjustment_answer(await tools.adjust_balance.approve(asker.programme, adjustment_id, staff_id=asker.id))
    )


@routes.post("/v1/adjustments/{id}/refuse")
async def refuse(request: web.Request) -> web.Response:
    """Refuse what waits; whoever asked may take it back so."""
    tools, asker = request.app[MEMBERS], await office(request)
    adjustment_id = request.match_info["id"]
    return answer(
        adjustment_answer(await tools.adjust_balance.refuse(asker.programme, adjustment_id, staff_id=asker.id))
    )


@routes.post("/v1/merges")
async def merge(request: web.Request) -> web.Response:
    """Make one member of two. The same two again answer the same merge."""
    tools, asker = request.app[MEMBERS], await office(request)
    body = await read_body(request, MergeBody)
    doubles = Doubles(
        survivor_id=MemberId(body.survivor), merged_id=MemberId(body.merged), staff_id=asker.id, reason=body.reason
    )
    await pointing(
        tools.look_at_balances.member(asker.programme, doubles.survivor_id), {errors.UnknownMember: "/survivor"}
    )
    made = await pointing(
        tools.merge_members(asker.programme, doubles),
        {
            errors.UnknownMember: "/merged",
            ledger_errors.SameMember: "/merged",
            ledger_errors.TooMuchToMerge: "/merged",
        },
    )
    return answer(merge_answer(made), status=201)


@routes.post("/v1/merges/{id}/undo")
async def undo(request: web.Request) -> web.Response:
    """Part two members again; a second time answers the same."""
    tools, asker = request.app[MEMBERS], await office(request)
    parted = await tools.unmerge_members(asker.programme, request.match_info["id"], staff_id=asker.id)
    return answer(merge_answer(parted))
