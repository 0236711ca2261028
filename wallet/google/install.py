"""Puts the member's own "add to Google Wallet" into the application."""

import re
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from offers.flows.look_at_card import LookAtCard
from offers.model.errors import WalletUnavailable
from offers.model.google_holding import DIRECT
from wallet.google.cards import GoogleCards
from wallet.google.pictures import PICTURES, GooglePictures
from wallet.google.pictures import routes as picture_routes


@dataclass(frozen=True, slots=True, kw_only=True)
class GoogleTools:
    cards: GoogleCards
    look_at_card: LookAtCard
    pictures: GooglePictures


CARDS_IN_A_LINK: Final = 8
"""A link of as many ids is still well below the 1800 characters that browsers keep."""
SOURCE: Final = re.compile(r"[a-z][a-z0-9_-]{0,31}")
GOOGLE = web.AppKey("google", GoogleTools)
routes = web.RouteTableDef()


@routes.get("/c/{token}/google")
async def add(request: web.Request) -> web.Response:
    """Insert the card at Google and send the member on to save it, with `?cards=all` their other cards too.

    `?from=` says where the link was. Raises WalletUnavailable when Google has it not.
    """
    tools = request.app[GOOGLE]
    sight = await tools.look_at_card.by_link(request.match_info["token"])
    sights = await tools.look_at_card.together(sight) if request.query.get("cards") == "all" else [sight]
    link = await tools.cards.add(sights[:CARDS_IN_A_LINK], source=_source(request))
    if not isinstance(link, str):
        raise WalletUnavailable(retry_after_s=30)
    raise web.HTTPFound(link)


def _source(request: web.Request) -> str:
    source = request.query.get("from", "")
    return source if SOURCE.fullmatch(source) else DIRECT


def install(app: web.Application, tools: GoogleTools) -> None:
    app[GOOGLE] = tools
    app[PICTURES] = tools.pictures
    app.add_routes(routes)
    app.add_routes(picture_routes)
