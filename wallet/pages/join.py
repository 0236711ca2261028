"""Joining: a form that makes a member and shows the card, in half a minute."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web
from babel.dates import get_month_names

from offers.engine.card_codes import link_token
from offers.engine.phones import home_region, phone_example
from offers.engine.referrals import read_code
from offers.flows.enrol_member import Application, Enrolment, Given
from offers.model.consent import Purpose
from offers.model.errors import ContactTaken
from offers.model.programme import Language, Programme
from offers.model.referral import source_of
from wallet.pages.colours import colours_address
from wallet.pages.form_guard import COOKIE, LIFE, FormGuard
from wallet.pages.images import hero_address
from wallet.pages.join_form import MAX_BODY_BYTES, TEXTS, JoinForm, Wish, check_form, read_form, safe_source
from wallet.pages.tools import MEMBER, Tools
from web.body import read_bytes
from web.consents.words import consent_words
from web.layout import page_language, render

routes = web.RouteTableDef()


@routes.get("/join/{programme}")
async def ask(request: web.Request) -> web.Response:
    """Show the empty form. `?src=` says where the visitor came from and is kept with the member; so is `?ref=`."""
    programme = await request.app[MEMBER].find_programme(request.match_info["programme"])
    code = read_code(request.query.get("ref"))
    source = source_of(code) if code else safe_source(request.query.get("src"))
    return await _form(request, programme, JoinForm(source=source))


@routes.post("/join/{programme}")
async def join(request: web.Request) -> web.Response:
    """Enrol and go on to the card. The same form sent twice leads to the same card.

    A phone that is a member's already proves nothing about who typed it: the card is not shown then.
    """
    tools = request.app[MEMBER]
    tools.join_limit.check(request.remote or "")
    programme = await tools.find_programme(request.match_info["programme"])
    form = read_form(await read_bytes(request, limit_bytes=MAX_BODY_BYTES))
    nonce = _guard(tools).read(form.token, request.cookies.get(COOKIE), at=tools.clock())
    if nonce is None or form.trap:
        return await _form(request, programme, form, notice="stale", status=422)
    today = tools.clock().astimezone(ZoneInfo(programme.zone)).date()
    wish, complaints = check_form(form, region=home_region(programme), today=today)
    if wish is None:
        return await _form(request, programme, form, complaints=complaints, status=422)
    enrolment = await _enrol(request, programme, wish, nonce)
    if enrolment is None:
        bot = tools.bot_of(programme)
        return render(request, "member/known.html", status=409, **await _common(request, programme), bot=bot)
    return web.Response(status=303, headers={"Location": f"/c/{link_token(enrolment.card.id, tools.code_key)}"})


@routes.get("/join/{programme}/consent/{purpose:personal_data|advertising}")
async def consent(request: web.Request) -> web.Response:
    """Show the whole text of a consent, the very one whose digest is kept."""
    programme = await request.app[MEMBER].find_programme(request.match_info["programme"])
    purpose = Purpose(request.match_info["purpose"])
    words = consent_words(purpose, programme, Language(page_language(request)))
    return render(request, "member/consent.html", **await _common(request, programme), words=words)


async def _enrol(request: web.Request, programme: Programme, wish: Wish, nonce: str) -> Enrolment | None:
    """Give the enrolment, or None when the phone is a member's already."""
    tools = request.app[MEMBER]
    language = Language(page_language(request))
    purposes = (Purpose.PERSONAL_DATA, Purpose.ADVERTISING) if wish.advertising else (Purpose.PERSONAL_DATA,)
    proof = f"{tools.public_url}/join/{programme.slug} from {request.remote}, form {nonce}"
    application = Application(
        language=language,
        source=wish.source,
        consents=tuple(_given(purpose, programme, language, proof) for purpose in purposes),
        phone=wish.phone,
        birthday=wish.birthday,
        key=f"join:{nonce}",
    )
    try:
        return await tools.enrol_member(programme, application)
    except ContactTaken:
        return None


def _given(purpose: Purpose, programme: Programme, language: Language, proof: str) -> Given:
    words = consent_words(purpose, programme, language)
    return Given(purpose=purpose, text_version=words.version, text_digest=words.digest, proof=proof)


async def _form(
    request: web.Request,
    programme: Programme,
    form: JoinForm,
    *,
    complaints: Mapping[str, str] | None = None,
    notice: str | None = None,
    status: int = 200,
) -> web.Response:
    """Show the form with what was typed, a fresh token, and every complaint beside its field."""
    tools = request.app[MEMBER]
    guard = _guard(tools)
    visitor = guard.visitor(request.cookies.get(COOKIE))
    language = page_language(request)
    response = render(
        request,
        "member/join.html",
        status=status,
        **await _common(request, programme),
        form=replace(form, token=guard.issue(visitor, at=tools.clock())),
        complaints={field: TEXTS[code] for field, code in (complaints or {}).items()},
        notice=notice,
        example=phone_example(home_region(programme)).replace(" ", "\N{NO-BREAK SPACE}"),
        best_discount_bp=max((level.discount_bp for level in programme.terms.levels), default=0),
        months=get_month_names("wide", "stand-alone", language),
        public_url=tools.public_url,
    )
    response.set_cookie(
        COOKIE,
        visitor,
        max_age=int(LIFE.total_seconds()),
        path="/join",
        httponly=True,
        samesite="Strict",
        secure=tools.public_url.startswith("https:"),
    )
    return response


def _guard(tools: Tools) -> FormGuard:
    return FormGuard(code_key=tools.code_key, chance=tools.chance)


async def _common(request: web.Request, programme: Programme) -> dict[str, Any]:
    """Give what every page of a programme shows."""
    tools = request.app[MEMBER]
    common = await tools.find_design(programme)
    return {
        "programme": programme,
        "name": programme.name(Language(page_language(request))),
        "colours": colours_address(common.look.colours),
        "hero": await hero_address(tools.pictures, programme, common.look),
        "is_sample": programme.is_sample,
    }
