"""The API of cards, for an operator: a member's cards, blocking one, letting it work again, issuing a new one.

A card is named by its id, or by a code that it shows.
"""

from typing import Any

from aiohttp import web

from merchant.cards.bodies import BlockBody
from merchant.cards.tools import CARDS, CardTools
from merchant.limits import instant
from offers.engine.card_codes import link_token
from offers.engine.rotating_codes import is_code
from offers.flows.know_key import KeyHolder
from offers.flows.list_cards import ListedCard
from offers.model.card import Card
from offers.model.ids import CardId, MemberId
from web.body import answer, read_body

routes = web.RouteTableDef()


@routes.get("/v1/members/{id}/cards")
async def of_member(request: web.Request) -> web.Response:
    """List a member's cards, newest first, replaced ones too; at most a hundred."""
    tools = request.app[CARDS]
    programme = await tools.doorkeeper.operator(request)
    listed = await tools.list_cards(programme, MemberId(request.match_info["id"]))
    return answer({"cards": [listed_answer(each) for each in listed]})


@routes.get("/v1/cards/{id}")
async def look(request: web.Request) -> web.Response:
    tools, holder, card_id = await _named(request)
    return answer(listed_answer(await tools.list_cards.one(holder.programme, card_id)))


@routes.post("/v1/cards/{id}/block")
async def block(request: web.Request) -> web.Response:
    """Block a card. Blocked already, it stays blocked for the first reason."""
    tools, holder, card_id = await _named(request)
    body = await read_body(request, BlockBody)
    blocked = await tools.block_card(holder.programme.id, card_id, body.to_blocking(holder.key.id))
    return answer(card_answer(blocked))


@routes.post("/v1/cards/{id}/unblock")
async def unblock(request: web.Request) -> web.Response:
    """Let a blocked card work again; one that works stays as it is."""
    tools, holder, card_id = await _named(request)
    return answer(card_answer(await tools.block_card.unblock(holder.programme.id, card_id, by=holder.key.id)))


@routes.post("/v1/cards/{id}/reissue")
async def reissue(request: web.Request) -> web.Response:
    """Void a card everywhere and issue a new one. Asked again for the old card, the same new one is answered."""
    tools, holder, card_id = await _named(request)
    body = await read_body(request, BlockBody)
    made = await tools.reissue_card(holder.programme, card_id, body.to_blocking(holder.key.id))
    page = f"{tools.public_url.rstrip('/')}/c/{link_token(made.new.id, tools.code_key)}"
    return answer({"old": card_answer(made.old), "new": card_answer(made.new), "page": page}, status=201)


async def _named(request: web.Request) -> tuple[CardTools, KeyHolder, CardId]:
    """Give the operator who asks and the card a path names. Raises what `operator_key` and `ReadCode` raise."""
    tools = request.app[CARDS]
    holder = await tools.doorkeeper.operator_key(request)
    named = request.match_info["id"]
    if not is_code(named):
        return tools, holder, CardId(named)
    scanned = await tools.read_code(named, programme_id=holder.programme.id, outlet_id=None)
    return tools, holder, scanned.card_id


def card_answer(card: Card) -> dict[str, Any]:
    return {
        "id": card.id,
        "member": card.member_id,
        "design": card.design,
        "state": card.state.value,
        "issued_at": instant(card.issued_at),
        "version": card.version,
        "blocked": {
            "reason": card.block.reason.value,
            "note": card.block.note,
            "by": card.block.by,
            "at": instant(card.block.at),
        }
        if card.block
        else None,
        "replaces": card.replaces,
        "replaced_by": card.replaced_by,
    }


def listed_answer(listed: ListedCard) -> dict[str, Any]:
    return card_answer(listed.card) | {"wallets": sorted(wallet.value for wallet in listed.wallets)}
