"""The rotating codes of an open page, some periods ahead, and a short word on whether anything changed."""

import hashlib

from aiohttp import web

from offers.engine.rotating_codes import PERIOD_S, ShownCode, codes_ahead, rotating_key
from offers.model.card import CardState
from wallet.pages.card_lists import draw_code
from wallet.pages.opened import PRIVATE, TOKEN, OpenedCard, open_card
from web.body import answer

routes = web.RouteTableDef()
AHEAD = 10
"""Five minutes without a network: longer than a queue at the till."""


@routes.get(f"/c/{TOKEN}/codes")
async def codes(request: web.Request) -> web.Response:
    """Give the codes of now and of the next minutes, drawn; instants in milliseconds of our own clock."""
    opened = await open_card(request)
    is_usable = opened.face.state is CardState.ACTIVE and not opened.face.is_expired
    shown = codes_of(opened, AHEAD) if is_usable else ()
    response = answer(
        {
            "now_ms": round(opened.at.timestamp() * 1000),
            "period_ms": PERIOD_S * 1000,
            "codes": [
                {
                    "from_ms": round(each.starts_at.timestamp() * 1000),
                    "until_ms": round(each.ends_at.timestamp() * 1000),
                    "svg": draw_code(each.text),
                }
                for each in shown
            ],
        },
        headers=PRIVATE,
    )
    response.enable_compression()
    return response


@routes.get(f"/c/{TOKEN}/state")
async def state(request: web.Request) -> web.Response:
    """Give a mark that is another one after every change that the page would show; 304 for the mark already known."""
    opened = await open_card(request)
    mark = f'"{mark_of(opened)}"'
    headers = {**PRIVATE, "ETag": mark}
    if mark in request.headers.get("If-None-Match", ""):
        return web.Response(status=304, headers=headers)
    return answer({"mark": mark.strip('"')}, headers=headers)


def codes_of(opened: OpenedCard, count: int) -> tuple[ShownCode, ...]:
    card = opened.sight.card
    key = rotating_key(card.id, card.code_generation, opened.tools.code_key)
    return codes_ahead(card.id, key, opened.at, count)


def mark_of(opened: OpenedCard) -> str:
    """The version rises with every event; the look turns by the clock alone, and a balance may run out of time."""
    card, account, look = opened.sight.card, opened.sight.account, opened.face.look
    parts = (card.version, card.state, account.seq if account else 0, opened.face.balance, look)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:24]
