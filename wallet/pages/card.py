"""The card as a page: its code, its balance, its discount, its last purchases, and the way into a phone wallet."""

from datetime import timedelta

from aiohttp import web

from offers.engine.card_codes import link_token
from offers.engine.card_face import CardFace
from offers.flows.look_at_card import CardSight, face_of
from offers.model.card import CardState
from offers.model.programme import Language
from offers.model.purchase import ReceiptState
from wallet.pages.card_lists import draw_code, shown_coupons, shown_purchases
from wallet.pages.colours import colours_address
from wallet.pages.images import hero_address
from wallet.pages.tools import MEMBER, Tools
from web.layout import page_language, render

routes = web.RouteTableDef()
FRESH = timedelta(minutes=10)


@routes.get("/c/{token:[^/.]+}")
async def show(request: web.Request) -> web.Response:
    """Show the card to whoever holds its link. Raises UnknownCard for a link that is torn, made up or outdated."""
    tools = request.app[MEMBER]
    sight = await tools.look_at_card.by_link(request.match_info["token"])
    token = link_token(sight.card.id, tools.code_key)
    at = tools.clock()
    face = face_of(sight, code_key=tools.code_key, at=at)
    language = Language(page_language(request))
    bot = tools.bot_of(sight.programme)
    response = render(
        request,
        "member/card.html",
        name=face.programme_name(language),
        colours=colours_address(face.look.colours),
        is_sample=sight.programme.is_sample,
        hero=await hero_address(tools.pictures, sight.programme, face.look),
        face=face,
        code=draw_code(face.scan_code) if face.state is CardState.ACTIVE else None,
        progress=_progress(sight, face),
        coupons=await shown_coupons(tools, sight, language),
        purchases=await shown_purchases(tools, sight, language),
        voided=ReceiptState.VOIDED,
        returned=ReceiptState.RETURNED,
        zone=sight.programme.zone,
        wallets=_wallets(tools, token, request.headers.get("User-Agent", "")),
        bot=f"{bot}?start=c-{token}" if bot else None,
        is_fresh=at - sight.card.issued_at < FRESH,
    )
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _progress(sight: CardSight, face: CardFace) -> float:
    """Tell how much of the way to the next level is behind, 0 to 1."""
    spent = max(0, sight.standing.spend_minor)
    whole = spent + face.missing_minor
    return spent / whole if whole else 1.0


def _wallets(tools: Tools, token: str, browser: str) -> list[tuple[str, str]]:
    """Give the configured wallets and their addresses, the one of the visitor's own phone first."""
    apple = [("apple", f"/c/{token}.pkpass")] if tools.apple else []
    google = [("google", f"/c/{token}/google")] if tools.google else []
    return google + apple if "Android" in browser else apple + google
