"""Joining: a form that makes a member and shows the card, in half a minute; a phone is verified where it can be."""

from dataclasses import replace
from zoneinfo import ZoneInfo

from aiohttp import web

from offers.engine.arrivals import read_arrival
from offers.engine.phones import home_region
from offers.engine.referrals import read_code
from offers.flows.verify_phone import CodeRequest, VerifyPhone
from offers.model.arrival import Arrival
from offers.model.consent import Purpose
from offers.model.phone_errors import PhoneCodeOver, WrongPhoneCode
from offers.model.programme import Language, Programme
from offers.model.verification import CardOffer, CodePurpose
from wallet.pages.form_guard import COOKIE
from wallet.pages.join_form import MAX_BODY_BYTES, JoinForm, Wish, check_form, read_claim, read_form
from wallet.pages.joining import enrol, find_offer, finish, guard_of, shared, show_form
from wallet.pages.tools import MEMBER
from web.body import read_bytes
from web.consents.words import consent_words
from web.layout import page_language, render

routes = web.RouteTableDef()


@routes.get("/join/{programme}")
async def ask(request: web.Request) -> web.Response:
    """Show the empty form.

    `?src=` or `utm_…` say where the visitor came from and are kept with the member; so is `?ref=`, who brought them.
    `?claim=` is a till's offer: the phone it was made for stands in the form.
    """
    tools = request.app[MEMBER]
    programme = await tools.find_programme(request.match_info["programme"])
    form = JoinForm(
        arrival=read_arrival(request.query),
        code=read_code(request.query.get("ref")),
        claim=read_claim(request.query.get("claim")),
    )
    offer = await find_offer(tools, programme, form)
    if offer is not None:
        arrival = Arrival(source=offer.source, medium="till")
        return await show_form(request, programme, replace(form, phone=offer.phone or "", arrival=arrival))
    notice = "claim_over" if form.claim else None
    return await show_form(request, programme, replace(form, claim=""), notice=notice)


@routes.post("/join/{programme}")
async def join(request: web.Request) -> web.Response:
    """Enrol and go on to the card, or send a code first. The same form sent twice leads to the same card.

    A phone that is a member's already proves nothing about who typed it: without a code the card is not shown then,
    and with one the answer is the same for every phone.
    """
    tools = request.app[MEMBER]
    programme, form, wish, nonce = await _read(request)
    if isinstance(wish, web.Response):
        return wish
    offer = await find_offer(tools, programme, form)
    is_proved = offer is not None and offer.sent and offer.phone == wish.phone
    if tools.verify_phone is not None and not is_proved:
        request_ = CodeRequest(
            phone=wish.phone,
            purpose=CodePurpose.JOIN,
            language=Language(page_language(request)),
            address=request.remote or "",
        )
        challenge = await tools.verify_phone.send(programme, request_)
        return await _ask_code(request, programme, form, challenge)
    enrolment = await enrol(request, programme, wish, nonce, phone_is_verified=is_proved)
    return await finish(request, programme, enrolment, offer, nonce=nonce)


@routes.post("/join/{programme}/code")
async def prove(request: web.Request) -> web.Response:
    """Take the code that was sent to the phone; a member who proved it gets their own card."""
    tools = request.app[MEMBER]
    programme, form, wish, nonce = await _read(request)
    if isinstance(wish, web.Response):
        return wish
    if tools.verify_phone is None:
        raise web.HTTPNotFound
    try:
        phone = await _check(tools.verify_phone, programme, form)
    except WrongPhoneCode as wrong:
        return await _ask_code(request, programme, form, form.challenge, tries_left=wrong.tries_left, status=422)
    except PhoneCodeOver:
        return await _ask_code(request, programme, form, "", status=409)
    offer: CardOffer | None = await find_offer(tools, programme, form)
    enrolment = await enrol(request, programme, replace(wish, phone=phone), nonce, phone_is_verified=True)
    return await finish(request, programme, enrolment, offer, nonce=nonce)


@routes.get("/join/{programme}/consent/{purpose:personal_data|advertising}")
async def consent(request: web.Request) -> web.Response:
    """Show the whole text of a consent, the very one whose digest is kept."""
    programme = await request.app[MEMBER].find_programme(request.match_info["programme"])
    purpose = Purpose(request.match_info["purpose"])
    words = consent_words(purpose, programme, Language(page_language(request)))
    return render(request, "member/consent.html", **await shared(request, programme), words=words)


async def _read(request: web.Request) -> tuple[Programme, JoinForm, Wish | web.Response, str]:
    """Read a sent form; instead of a wish, the page that says what is wrong with it."""
    tools = request.app[MEMBER]
    tools.join_limit.check(request.remote or "")
    programme = await tools.find_programme(request.match_info["programme"])
    form = read_form(await read_bytes(request, limit_bytes=MAX_BODY_BYTES))
    nonce = guard_of(tools).read(form.token, request.cookies.get(COOKIE), at=tools.clock())
    if nonce is None or form.trap:
        return programme, form, await show_form(request, programme, form, notice="stale", status=422), ""
    today = tools.clock().astimezone(ZoneInfo(programme.zone)).date()
    wish, complaints = check_form(form, region=home_region(programme), today=today)
    if wish is None:
        return programme, form, await show_form(request, programme, form, complaints=complaints, status=422), ""
    return programme, form, wish, nonce


async def _check(verify_phone: VerifyPhone, programme: Programme, form: JoinForm) -> str:
    """Give the phone the code went to: the challenge's own, whatever the form says by now."""
    typed = "".join(symbol for symbol in form.typed_code if symbol.isdigit())
    return await verify_phone.check(programme, form.challenge, typed, purpose=CodePurpose.JOIN)


async def _ask_code(
    request: web.Request,
    programme: Programme,
    form: JoinForm,
    challenge: str,
    *,
    tries_left: int | None = None,
    status: int = 200,
) -> web.Response:
    """Ask for the code; an empty challenge means that the last one is over."""
    values = await shared(request, programme)
    return render(
        request,
        "member/code.html",
        status=status,
        **values,
        form=replace(form, challenge=challenge, typed_code=""),
        tries_left=tries_left,
        action=f"/join/{programme.slug}/code",
        again=f"/join/{programme.slug}",
    )
