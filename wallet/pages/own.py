"""What a member does with the card besides showing it: every purchase, the language, the data, the link for friends."""

import json
from collections.abc import AsyncIterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from aiohttp import web
from markupsafe import Markup

from locales.catalogue import LANGUAGES
from offers.model.ids import CheckoutId
from offers.model.programme import Language
from offers.model.purchase import ReceiptState
from wallet.pages.card_lists import draw_code, shown_purchases
from wallet.pages.card_texts import card_texts
from wallet.pages.join_form import MAX_BODY_BYTES
from wallet.pages.opened import PRIVATE, TOKEN, OpenedCard, open_own, show
from web.body import read_bytes
from web.layout import LANGUAGE_COOKIE

routes = web.RouteTableDef()
PAGE = 20
FORMAT = "tessera-member-1"


@routes.get(f"/c/{TOKEN}/history")
async def history(request: web.Request) -> web.Response:
    """Show twenty purchases; `?before=` is the last one of the page before. Raises UnknownCheckout."""
    opened = await open_own(request)
    before = CheckoutId(request.query["before"]) if "before" in request.query else None
    purchases = await shown_purchases(opened.tools, opened.sight, opened.language, limit=PAGE + 1, before=before)
    return show(
        request,
        opened,
        "member/history.html",
        purchases=purchases[:PAGE],
        older=purchases[PAGE - 1].receipt.id if len(purchases) > PAGE else None,
        is_first=before is None,
        voided=ReceiptState.VOIDED,
        returned=ReceiptState.RETURNED,
    )


@routes.post(f"/c/{TOKEN}/language/{{language:{'|'.join(LANGUAGES)}}}")
async def speak(request: web.Request) -> web.Response:
    """Speak to the member in a language from now on: on the page, in the wallets and in messages."""
    opened = await open_own(request)
    await read_bytes(request, limit_bytes=MAX_BODY_BYTES)
    language = Language(request.match_info["language"])
    await opened.tools.speak_language(opened.sight.member.id, language)
    response = web.Response(status=303, headers={"Location": opened.address})
    response.set_cookie(LANGUAGE_COOKIE, language.value, max_age=31_536_000, samesite="Lax")
    return response


@routes.get(f"/c/{TOKEN}/share")
async def share(request: web.Request) -> web.Response:
    """Show the link that brings friends, as a code and for the phone's own share sheet."""
    opened = await open_own(request)
    programme = opened.sight.programme
    invitation = await opened.tools.invite_members(programme, opened.sight.member.id)
    base = opened.tools.public_url.rstrip("/")
    link = f"{base}/join/{programme.slug}?ref={invitation.code}&src=friend"
    return show(
        request,
        opened,
        "member/share.html",
        link=link,
        code=Markup(draw_code(link)),  # noqa: S704 - drawn here of nothing but modules
        terms=programme.terms.referral,
        brought=len(invitation.brought),
        texts=json.dumps(card_texts(opened.language.value), ensure_ascii=False),
    )


@routes.post(f"/c/{TOKEN}/export")
async def export(request: web.Request) -> web.StreamResponse:
    """Send everything kept on the member as one JSON file, written while it is read. Raises QuotaUsedUp."""
    opened = await open_own(request)
    await read_bytes(request, limit_bytes=MAX_BODY_BYTES)
    await opened.tools.export_member.allow(opened.sight.member)
    name = f"{opened.sight.programme.slug}-{opened.at:%Y-%m-%d}.json"
    headers = {**PRIVATE, "Content-Disposition": f'attachment; filename="{name}"'}
    response = web.StreamResponse(headers=headers)
    response.content_type = "application/json"
    response.charset = "utf-8"
    await response.prepare(request)
    try:
        async for chunk in _written(opened):
            await response.write(chunk.encode())
    except Exception:
        if request.transport is not None:
            request.transport.abort()  # half a document must not look like a whole one
        raise
    await response.write_eof()
    return response


async def _written(opened: OpenedCard) -> AsyncIterator[str]:
    """Write the document piece by piece: one list for each section, in the order they come."""
    about = {"format": FORMAT, "programme": opened.sight.programme.slug, "made_at": opened.at}
    yield f'{{"about":{_json(about)}'
    current = None
    async for section, document in opened.tools.export_member(opened.sight.member):
        if section != current:
            yield f"{'' if current is None else ']'},{_json(section)}:[{_json(document)}"
            current = section
        else:
            yield f",{_json(document)}"
    yield "}" if current is None else "]}"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=_plain)


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"an export holds {type(value).__name__}")
