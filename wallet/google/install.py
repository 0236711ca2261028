"""Puts the member's own "add to Google Wallet" into the application."""

from dataclasses import dataclass

from aiohttp import web

from offers.flows.look_at_card import LookAtCard
from offers.model.errors import WalletUnavailable
from wallet.google.cards import GoogleCards


@dataclass(frozen=True, slots=True, kw_only=True)
class GoogleTools:
    cards: GoogleCards
    look_at_card: LookAtCard


GOOGLE = web.AppKey("google", GoogleTools)
routes = web.RouteTableDef()


@routes.get("/c/{token}/google")
async def add(request: web.Request) -> web.Response:
    """Insert the card at Google and send the member on to save it. Raises WalletUnavailable when Google has it not."""
    tools = request.app[GOOGLE]
    link = await tools.cards.add(await tools.look_at_card.by_link(request.match_info["token"]))
    if not isinstance(link, str):
        raise WalletUnavailable(retry_after_s=30)
    raise web.HTTPFound(link)


def install(app: web.Application, tools: GoogleTools) -> None:
    app[GOOGLE] = tools
    app.add_routes(routes)
