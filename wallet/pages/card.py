"""The card as a page: its rotating code, its face, coupons, purchases, and the ways into a phone wallet."""

import json
from datetime import timedelta

from aiohttp import web

from offers.engine.card_codes import link_token
from offers.engine.lots import available
from offers.engine.rotating_codes import PERIOD_S
from offers.model.card import CardState
from offers.model.design import CardKind
from offers.model.purchase import ReceiptState
from offers.model.showing import STATICALLY
from wallet.pages.card_lists import LAST_PURCHASES, draw_code, shown_coupons, shown_purchases, shown_stamps
from wallet.pages.card_texts import card_texts
from wallet.pages.card_view import view_of
from wallet.pages.codes import codes_of, mark_of
from wallet.pages.lost import can_be_lost
from wallet.pages.opened import TOKEN, OpenedCard, open_card, show
from wallet.pages.tools import Tools

routes = web.RouteTableDef()
FRESH = timedelta(minutes=10)
_WITH_LEVELS = frozenset({CardKind.BONUS, CardKind.CASHBACK, CardKind.DISCOUNT, CardKind.MEMBERSHIP})


@routes.get(f"/c/{TOKEN}")
async def show_card(request: web.Request) -> web.Response:
    """Show the card to whoever holds its link."""
    opened = await open_card(request)
    tools, sight, language = opened.tools, opened.sight, opened.language
    if sight.card.state is not CardState.ACTIVE:
        return _closed(request, opened)
    purchases = await shown_purchases(tools, sight, language)
    prepaid = await tools.look_at_balances.prepaid(sight.programme, sight.member.id)
    bot = tools.bot_of(sight.programme)
    return show(
        request,
        opened,
        "member/card.html",
        view=view_of(opened.face, language),
        code=_code(opened),
        static_code=_static_code(opened),
        period_s=PERIOD_S,
        mark=mark_of(opened),
        texts=json.dumps(card_texts(language.value), ensure_ascii=False),
        progress=_progress(opened),
        coupons=await shown_coupons(tools, sight, language),
        stamps=await shown_stamps(tools, sight, language),
        prepaid=prepaid,
        prepaid_minor=available(prepaid, opened.at),
        others=await _others(opened),
        can_be_lost=can_be_lost(opened),
        purchases=purchases,
        has_more=len(purchases) == LAST_PURCHASES,
        voided=ReceiptState.VOIDED,
        returned=ReceiptState.RETURNED,
        wallets=_wallets(tools, opened.token, request.headers.get("User-Agent", "")),
        bot=f"{bot}?start=c-{opened.token}" if bot else None,
        welcome=_welcome(request, opened),
    )


def _closed(request: web.Request, opened: OpenedCard) -> web.Response:
    """Say that the card does not work, and nothing of its member's: it may be in wrong hands."""
    return show(
        request,
        opened,
        "member/closed.html",
        is_replaced=opened.sight.card.replaced_by is not None,
        can_be_lost=can_be_lost(opened),
    )


async def _others(opened: OpenedCard) -> list[tuple[str, str]]:
    """Give the names and addresses of the member's other cards."""
    tools, programme = opened.tools, opened.sight.programme
    return [
        (
            (other.design.title or programme.name)(opened.language),
            f"/c/{link_token(other.card.id, tools.code_key)}",
        )
        for other in await tools.find_other_cards(programme, opened.sight.card)
    ]


def _code(opened: OpenedCard) -> str | None:
    """Draw the code of this half minute; None for a card that may not be used."""
    if opened.face.is_expired:
        return None
    return draw_code(codes_of(opened, 1)[0].text)


def _static_code(opened: OpenedCard) -> str | None:
    """Draw the code that never changes, where the programme lets it do anything at all: for a phone offline."""
    rights = opened.sight.programme.terms.codes.rights(STATICALLY)
    if opened.face.is_expired or not rights.see:
        return None
    return draw_code(opened.face.scan_code)


def _welcome(request: web.Request, opened: OpenedCard) -> str | None:
    if request.query.get("welcome") == "back":
        return "back"
    return "new" if opened.at - opened.sight.card.issued_at < FRESH else None


def _progress(opened: OpenedCard) -> float | None:
    """Tell how much of the way to the next level is behind, 0 to 1; None where a card knows no levels."""
    face = opened.face
    if face.next_level_name is None or face.kind not in _WITH_LEVELS:
        return None
    spent = max(0, opened.sight.standing.spend_minor)
    whole = spent + face.missing_minor
    return spent / whole if whole else 1.0


def _wallets(tools: Tools, token: str, browser: str) -> list[tuple[str, str]]:
    """Give the configured wallets and their addresses, the one of the visitor's own phone first."""
    apple = [("apple", f"/c/{token}.pkpass")] if tools.apple else []
    google = [("google", f"/c/{token}/google")] if tools.google else []
    return google + apple if "Android" in browser else apple + google
