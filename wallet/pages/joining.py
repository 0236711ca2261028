"""What the pages of joining share: the form and its guard, the enrolment, and what each of them shows."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from aiohttp import web
from babel.dates import get_month_names

from offers.engine.arrivals import main_source
from offers.engine.card_codes import link_token
from offers.engine.phones import home_region, phone_example
from offers.flows.enrol_member import Application, Enrolment, Given
from offers.model.consent import Purpose
from offers.model.errors import ContactTaken
from offers.model.programme import Language, Programme
from offers.model.verification import CardOffer
from wallet.pages.colours import colours_address
from wallet.pages.form_guard import COOKIE, LIFE, FormGuard
from wallet.pages.join_form import TEXTS, JoinForm, Wish
from wallet.pages.pictures import HERO, picture_address
from wallet.pages.tools import MEMBER, Tools
from web.consents.words import consent_words
from web.layout import page_language, render

BACK = "?welcome=back"


def guard_of(tools: Tools) -> FormGuard:
    return FormGuard(code_key=tools.code_key, chance=tools.chance)


async def find_offer(tools: Tools, programme: Programme, form: JoinForm) -> CardOffer | None:
    """Give the till's offer behind a form; one shown on a screen and taken already is over for everybody else."""
    if not form.claim:
        return None
    offer = await tools.offer_card.find(programme, form.claim)
    return None if offer is None or (offer.taken_at and not offer.sent) else offer


async def show_form(
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
    guard = guard_of(tools)
    visitor = guard.visitor(request.cookies.get(COOKIE))
    language = page_language(request)
    response = render(
        request,
        "member/join.html",
        status=status,
        **await shared(request, programme),
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


async def enrol(
    request: web.Request, programme: Programme, wish: Wish, nonce: str, *, phone_is_verified: bool
) -> Enrolment | None:
    """Give the enrolment, or None when the phone is a member's already and nobody proved it theirs."""
    tools = request.app[MEMBER]
    language = Language(page_language(request))
    purposes = (Purpose.PERSONAL_DATA, Purpose.ADVERTISING) if wish.advertising else (Purpose.PERSONAL_DATA,)
    proof = f"{tools.public_url}/join/{programme.slug} from {request.remote}, form {nonce}"
    application = Application(
        language=language,
        source=main_source(wish.arrival, wish.code),
        consents=tuple(_given(purpose, programme, language, proof) for purpose in purposes),
        phone=wish.phone,
        birthday=wish.birthday,
        key=key_of(nonce),
        arrival=wish.arrival,
        phone_is_verified=phone_is_verified,
    )
    try:
        return await tools.enrol_member(programme, application)
    except ContactTaken:
        return None


async def finish(
    request: web.Request, programme: Programme, enrolment: Enrolment | None, offer: CardOffer | None, *, nonce: str
) -> web.Response:
    """Go on to the card; a number that is somebody's already is told so, and nothing of the card is shown."""
    tools = request.app[MEMBER]
    if enrolment is None:
        bot = tools.bot_of(programme)
        return render(request, "member/known.html", status=409, **await shared(request, programme), bot=bot)
    if offer is not None:
        await tools.offer_card.taken(offer)
    joined_by_this_form = enrolment.is_new or enrolment.member.enrolment_key == key_of(nonce)
    welcome = "" if joined_by_this_form else BACK
    address = f"/c/{link_token(enrolment.card.id, tools.code_key)}{welcome}"
    return web.Response(status=303, headers={"Location": address})


def key_of(nonce: str) -> str:
    """Name a submission: sent twice, it is one enrolment."""
    return f"join:{nonce}"


async def shared(request: web.Request, programme: Programme) -> dict[str, Any]:
    """Give what every page of a programme shows."""
    tools = request.app[MEMBER]
    common = await tools.find_design(programme)
    return {
        "programme": programme,
        "name": programme.name(Language(page_language(request))),
        "colours": colours_address(common.look.colours),
        "hero": picture_address(common.look, HERO, tools),
        "is_sample": programme.is_sample,
    }


def _given(purpose: Purpose, programme: Programme, language: Language, proof: str) -> Given:
    words = consent_words(purpose, programme, language)
    return Given(purpose=purpose, text_version=words.version, text_digest=words.digest, proof=proof)
