"""A lost card: a new one in its place, for whoever proves to be its member; else the card is blocked at least.

Whoever found the phone may hold the link, too: so the link alone brings no new card, only the end of the old one.
"""

from urllib.parse import parse_qs

import phonenumbers
from aiohttp import web

from offers.engine.card_codes import link_token
from offers.flows.block_card import BY_MEMBER, Blocking
from offers.flows.verify_phone import CodeRequest
from offers.model.card import BlockReason, CardState
from offers.model.phone_errors import PhoneCodeOver, WrongPhoneCode
from offers.model.verification import CodePurpose
from wallet.pages.join_form import MAX_BODY_BYTES, read_claim
from wallet.pages.opened import TOKEN, OpenedCard, open_card, show
from web.body import read_bytes

routes = web.RouteTableDef()
_LOST = Blocking(reason=BlockReason.LOST, by=BY_MEMBER)
_SHOWN_DIGITS = 4


@routes.get(f"/c/{TOKEN}/lost")
async def ask(request: web.Request) -> web.Response:
    """Say what happens to the old card, and ask first: nothing is changed by opening a link."""
    return _page(request, await open_card(request), "ask")


@routes.post(f"/c/{TOKEN}/lost")
async def lose(request: web.Request) -> web.Response:
    """Send a code to the member's phone; without one replace the card in the bot; without that block it.

    Pressed twice it is done once. Raises TooManyPhoneCodes, TooManyReissues.
    """
    opened = await open_card(request)
    await read_bytes(request, limit_bytes=MAX_BODY_BYTES)
    card, member, tools = opened.sight.card, opened.sight.member, opened.tools
    if card.replaced_by is not None:
        return _page(request, opened, "bot" if way_of(opened) == "bot" else "replaced")
    match way_of(opened):
        case "code" if tools.verify_phone is not None and member.phone is not None:
            request_ = CodeRequest(
                phone=member.phone,
                purpose=CodePurpose.REISSUE,
                language=opened.language,
                address=request.remote or "",
            )
            challenge = await tools.verify_phone.send(opened.sight.programme, request_)
            return _page(request, opened, "code", challenge=challenge)
        case "bot":
            await tools.reissue_card(opened.sight.programme, card.id, _LOST)
            return _page(request, opened, "bot")
        case _:
            if card.state is CardState.ACTIVE:
                await tools.block_card(opened.sight.programme.id, card.id, _LOST)
            return _page(request, opened, "blocked")


@routes.post(f"/c/{TOKEN}/lost/code")
async def prove(request: web.Request) -> web.Response:
    """Take the code, put a new card in the place of the old one and go on to it; the same code again goes there too."""
    opened = await open_card(request)
    verify_phone = opened.tools.verify_phone
    fields = parse_qs((await read_bytes(request, limit_bytes=MAX_BODY_BYTES)).decode("utf-8", "replace"))
    challenge = read_claim(fields.get("challenge", [""])[0])
    typed = "".join(symbol for symbol in fields.get("code", [""])[0] if symbol.isdigit())
    if verify_phone is None:
        raise web.HTTPNotFound
    programme = opened.sight.programme
    try:
        phone = await verify_phone.check(programme, challenge, typed, purpose=CodePurpose.REISSUE)
    except WrongPhoneCode as wrong:
        return _page(request, opened, "code", challenge=challenge, tries_left=wrong.tries_left, status=422)
    except PhoneCodeOver:
        return _page(request, opened, "over", status=409)
    if phone != opened.sight.member.phone:
        return _page(request, opened, "over", status=409)
    made = await opened.tools.reissue_card(programme, opened.sight.card.id, _LOST)
    raise web.HTTPSeeOther(f"/c/{link_token(made.new.id, opened.tools.code_key)}")


def way_of(opened: OpenedCard) -> str:
    """Say by what the member can prove to be themselves: `code`, `bot`, or by nothing from here: `till`."""
    member = opened.sight.member
    if opened.tools.verify_phone is not None and member.phone is not None:
        return "code"
    has_bot = opened.tools.bot_of(opened.sight.programme) is not None
    return "bot" if has_bot and member.telegram_id is not None and member.telegram_open else "till"


def can_be_lost(opened: OpenedCard) -> bool:
    """Tell whether there is anything left to do about the card."""
    card = opened.sight.card
    return card.state is CardState.ACTIVE or (card.state is CardState.BLOCKED and way_of(opened) != "till")


def _page(
    request: web.Request,
    opened: OpenedCard,
    step: str,
    *,
    challenge: str = "",
    tries_left: int | None = None,
    status: int = 200,
) -> web.Response:
    return show(
        request,
        opened,
        "member/lost.html",
        status=status,
        step=step,
        way=way_of(opened),
        is_open=can_be_lost(opened),
        challenge=challenge,
        tries_left=tries_left,
        phone=_masked(opened.sight.member.phone),
        bot=opened.tools.bot_of(opened.sight.programme),
    )


def _masked(phone: str | None) -> str:
    """Give a number's last digits only: whoever holds the link need not learn whose card it is."""
    if phone is None:
        return ""
    parsed = phonenumbers.parse(phone)
    return f"+{parsed.country_code}\N{NO-BREAK SPACE}•••\N{NO-BREAK SPACE}{phone[-_SHOWN_DIGITS:-2]}-{phone[-2:]}"
