"""A poster for an outlet: a sheet of A4 with the code that leads to the join page and says where it hangs."""

from urllib.parse import urlencode

from aiohttp import web

from offers.engine.arrivals import read_arrival
from wallet.pages.card_lists import draw_code
from wallet.pages.joining import shared
from wallet.pages.tools import MEMBER
from web.layout import render

routes = web.RouteTableDef()


@routes.get("/join/{programme}/poster")
async def poster(request: web.Request) -> web.Response:
    """Show the sheet; `?src=` is kept with every member it brings, and stands on it in small print."""
    tools = request.app[MEMBER]
    programme = await tools.find_programme(request.match_info["programme"])
    arrival = read_arrival({"src": request.query.get("src", "poster")})
    link = f"{tools.public_url.rstrip('/')}/join/{programme.slug}"
    return render(
        request,
        "member/poster.html",
        **await shared(request, programme),
        link=link,
        code=draw_code(f"{link}?{urlencode({'src': arrival.source})}"),
        source=arrival.source,
        best_discount_bp=max((level.discount_bp for level in programme.terms.levels), default=0),
    )
