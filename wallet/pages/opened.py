"""A card opened by its link: what every page of it has at hand, and what every answer about it carries."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiohttp import web

from offers.engine.card_codes import link_token
from offers.engine.card_face import CardFace
from offers.flows.find_active_card import check_active
from offers.flows.look_at_card import CardSight, face_of
from offers.model.programme import Language
from wallet.pages.colours import colours_address
from wallet.pages.pictures import HERO, picture_address
from wallet.pages.tools import MEMBER, Tools
from web.layout import page_language, render

TOKEN = "{token:[^/.]+}"  # noqa: S105 - a pattern
PRIVATE = {"X-Robots-Tag": "noindex", "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedCard:
    """`token` is the link's own, as we write it: whoever holds it holds the card."""

    tools: Tools
    sight: CardSight
    token: str
    face: CardFace
    language: Language
    at: datetime

    @property
    def address(self) -> str:
        return f"/c/{self.token}"

    @property
    def link(self) -> str:
        return f"{self.tools.public_url.rstrip('/')}{self.address}"


async def open_card(request: web.Request) -> OpenedCard:
    """Open the card a link names. Raises UnknownCard for one torn, made up or outdated, and TooManyRequests."""
    tools = request.app[MEMBER]
    sight = await tools.look_at_card.by_link(request.match_info["token"])
    tools.card_limit.check(sight.card.id)
    at = tools.clock()
    return OpenedCard(
        tools=tools,
        sight=sight,
        token=link_token(sight.card.id, tools.code_key),
        face=face_of(sight, code_key=tools.code_key, at=at),
        language=Language(page_language(request)),
        at=at,
    )


async def open_own(request: web.Request) -> OpenedCard:
    """Open a card that works: the link of a lost one opens nothing of its member's any more.

    Raises what `open_card` does, CardReplaced and CardNotActive.
    """
    opened = await open_card(request)
    check_active(opened.sight.card)
    return opened


def show(request: web.Request, opened: OpenedCard, template: str, *, status: int = 200, **values: Any) -> web.Response:
    """Answer a page of the card."""
    response = render(request, template, status=status, **shared(opened), **values)
    response.headers.update(PRIVATE)
    return response


def shared(opened: OpenedCard) -> dict[str, Any]:
    """Give what every page of a card shows."""
    look = opened.face.look
    return {
        "name": opened.face.programme_name(opened.language),
        "colours": colours_address(look.colours),
        "hero": picture_address(look, HERO, opened.tools),
        "touch_icon": picture_address(look, "touch180", opened.tools),
        "is_sample": opened.sight.programme.is_sample,
        "zone": opened.sight.programme.zone,
        "address": opened.address,
        "face": opened.face,
    }


def proof(request: web.Request, opened: OpenedCard, what: str) -> str:
    """Say how something was agreed to: on which page, from where, by which press."""
    return f"{opened.tools.public_url}/c/… of card {opened.sight.card.id} from {request.remote}, {what}"
