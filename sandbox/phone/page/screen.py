"""The page itself, and the way into the chat from a link to the bot."""

import json
from typing import Final

import phonenumbers
from aiohttp import web
from yarl import URL

from locales.catalogue import gettext
from sandbox.phone.page.tools import phone_of
from web.layout import page_language, render

routes = web.RouteTableDef()

# What the scripts say; the msgids of locales/ru/phone.po.
SCRIPT_TEXTS: Final = {
    "answer429": "Answer 429",
    "automatic": "Automatic updates",
    "back": "Details",
    "cut": "Cut the line",
    "done": "Done",
    "edited": "edited",
    "failed": "The phone did not answer. Is the demo still running?",
    "coupons": "Coupons on this card",
    "turns": "The code changes every {seconds} s",
    "google_state": "This card is not active",
    "mend": "Mend the line",
    "now": "now",
    "off": "Off",
    "on": "On",
    "photo": "Picture from the bot",
    "code": "Card code",
    "remove": "Remove the card",
    "stop429": "Answer again",
    "switch_off": "Switch off",
    "switch_on": "Switch on",
    "update": "Update now",
    "voided": "This card is no longer valid",
    "notices": "Notifications",
    "pass": "Card of {name}",
    "signed": "Signed by",
    "sms_to": "To {number}",
}


@routes.get("/")
async def show(request: web.Request) -> web.Response:
    phone = phone_of(request)
    language = page_language(request)
    texts = {
        name: gettext(language, text, name="{name}", number="{number}", seconds="{seconds}")
        for name, text in SCRIPT_TEXTS.items()
    }
    return render(
        request,
        "phone/page.html",
        texts=json.dumps(texts, ensure_ascii=False),
        around=phone.around,
        number=_written(phone.owner.phone),
    )


def _written(number: str) -> str:
    """A number as people write it: `+7 900 123-45-67`."""
    parsed = phonenumbers.parse(number)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL).replace(
        " ", "\N{NO-BREAK SPACE}"
    )


@routes.get("/t/{bot}")
async def open_chat(request: web.Request) -> web.Response:
    """Stand in for t.me: open the chat, and let its start button carry the payload."""
    start = request.query.get("start", "")
    target = URL("/").with_query(start=start) if start else URL("/")
    raise web.HTTPFound(target.with_fragment("chat"))
