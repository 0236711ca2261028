"""Consents on the card's page: what was agreed to and when, its text, giving and withdrawing; and unsubscribing."""

from dataclasses import dataclass

from aiohttp import web

from offers.flows.enrol_member import Given
from offers.model.consent import Consent, Purpose
from offers.model.programme import Language
from wallet.pages.join_form import MAX_BODY_BYTES
from wallet.pages.opened import TOKEN, OpenedCard, open_card, open_own, proof, show
from web.body import read_bytes
from web.consents.words import ConsentWords, consent_words

routes = web.RouteTableDef()
PURPOSE = "{purpose:personal_data|advertising}"
SHOWN_LINES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownConsent:
    """`last` is what the member said last; None when they were never asked."""

    purpose: Purpose
    words: ConsentWords
    last: Consent | None

    @property
    def is_given(self) -> bool:
        return self.last is not None and self.last.granted


@routes.get(f"/c/{TOKEN}/consents")
async def see(request: web.Request) -> web.Response:
    """Show every consent with its state, and every line that was ever kept of them."""
    return await _page(request, await open_own(request))


@routes.post(f"/c/{TOKEN}/consents/{PURPOSE}/{{wish:give|withdraw}}")
async def change(request: web.Request) -> web.Response:
    """Give or withdraw a consent and show what stands now; the same press twice is one.

    Personal data is not withdrawn by a press here: without it there can be no card, so closing the card says both.
    """
    opened = await open_own(request)
    await read_bytes(request, limit_bytes=MAX_BODY_BYTES)
    purpose, granted = Purpose(request.match_info["purpose"]), request.match_info["wish"] == "give"
    if purpose is Purpose.PERSONAL_DATA and not granted:
        raise web.HTTPNotFound
    await keep(request, opened, purpose, granted=granted, what=f"the button “{request.match_info['wish']}”")
    raise web.HTTPSeeOther(f"{opened.address}/consents?kept={purpose.value}")


@routes.get(f"/c/{TOKEN}/consents/{PURPOSE}")
async def text(request: web.Request) -> web.Response:
    """Show the whole text: the one the member agreed to, else the one of today."""
    opened = await open_own(request)
    purpose = Purpose(request.match_info["purpose"])
    words = _words_agreed(opened, (await opened.tools.keep_consent.latest(opened.sight.member.id)).get(purpose))
    return show(request, opened, "member/consent.html", words=words or _words(opened, purpose))


@routes.get(f"/c/{TOKEN}/unsubscribe")
async def ask(request: web.Request) -> web.Response:
    """Show one button: opening a link must change nothing, for programs that check mail open links too."""
    opened = await open_card(request)
    latest = await opened.tools.keep_consent.latest(opened.sight.member.id)
    given = latest.get(Purpose.ADVERTISING)
    return show(request, opened, "member/unsubscribe.html", is_done=given is None or not given.granted)


@routes.post(f"/c/{TOKEN}/unsubscribe")
async def unsubscribe(request: web.Request) -> web.Response:
    """Withdraw the consent to advertising, by a press or by `List-Unsubscribe=One-Click` (RFC 8058).

    Asks for no cookie, leads nowhere else and answers 200, as the RFC wants; a second time changes nothing.
    """
    opened = await open_card(request)
    body = await read_bytes(request, limit_bytes=MAX_BODY_BYTES)
    by_mail = body.strip() == b"List-Unsubscribe=One-Click" or b"One-Click" in body[:2_000]
    what = "List-Unsubscribe=One-Click" if by_mail else "the button “Unsubscribe”"
    latest = (await opened.tools.keep_consent.latest(opened.sight.member.id)).get(Purpose.ADVERTISING)
    if latest is not None and latest.granted:
        await keep(request, opened, Purpose.ADVERTISING, granted=False, what=what)
    return show(request, opened, "member/unsubscribe.html", is_done=True)


async def keep(request: web.Request, opened: OpenedCard, purpose: Purpose, *, granted: bool, what: str) -> Consent:
    words = _words(opened, purpose)
    given = Given(
        purpose=purpose,
        text_version=words.version,
        text_digest=words.digest,
        proof=proof(request, opened, what),
    )
    return await opened.tools.keep_consent(opened.sight.member, given, granted=granted, language=opened.language)


async def _page(request: web.Request, opened: OpenedCard) -> web.Response:
    lines = await opened.tools.keep_consent.history(opened.sight.member.id)
    latest = {line.purpose: line for line in lines}
    consents = [
        ShownConsent(purpose=purpose, words=_words(opened, purpose), last=latest.get(purpose)) for purpose in Purpose
    ]
    return show(
        request,
        opened,
        "member/consents.html",
        consents=consents,
        lines=list(reversed(lines))[:SHOWN_LINES],
        titles={purpose: _words(opened, purpose).title for purpose in Purpose},
        kept=request.query.get("kept"),
        advertising=Purpose.ADVERTISING,
    )


def _words(opened: OpenedCard, purpose: Purpose) -> ConsentWords:
    return consent_words(purpose, opened.sight.programme, opened.language)


def _words_agreed(opened: OpenedCard, agreed: Consent | None) -> ConsentWords | None:
    """Give the very words that were agreed to, if this house has written them: a bot or a till may have had others."""
    if agreed is None:
        return None
    try:
        words = consent_words(
            agreed.purpose, opened.sight.programme, Language(agreed.language), version=agreed.text_version
        )
    except FileNotFoundError:
        return None
    return words if words.digest == agreed.text_digest else None
