"""The page a cashier works on."""

import json

from aiohttp import web

from merchant.checkout.texts import till_texts
from web.layout import page_language, render

routes = web.RouteTableDef()


@routes.get("/till")
async def page(request: web.Request) -> web.Response:
    """Answer the page. It holds nothing secret: everything it shows comes through the API with the till's key."""
    texts = till_texts(page_language(request))
    return render(request, "till/page.html", texts=json.dumps(texts, ensure_ascii=False))
