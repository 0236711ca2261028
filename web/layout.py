"""Pages: one Jinja environment over every door's templates, one layout, the text of both languages."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from locales.catalogue import LANGUAGES, choose_language, gettext, ngettext
from locales.numbers import count, moment, money, percent

LAYOUT_FOLDER = Path(__file__).parent / "templates"
STATIC_FOLDER = Path(__file__).parent / "static"
PAGES = web.AppKey("pages", Environment)
LANGUAGE_COOKIE = "tessera_language"
SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; object-src 'none'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


def make_pages(folders: Sequence[Path]) -> Environment:
    """Make the environment; each door brings its `templates` folder with names of its own (`till/page.html`)."""
    pages = Environment(
        loader=FileSystemLoader([LAYOUT_FOLDER, *folders]),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.globals["languages"] = LANGUAGES
    return pages


def page_language(request: web.Request) -> str:
    """Give the language of a page: `?lang=`, else the cookie, else what the browser asks for."""
    for asked in (request.query.get("lang"), request.cookies.get(LANGUAGE_COOKIE)):
        if asked in LANGUAGES:
            return asked
    return choose_language(request.headers.get("Accept-Language"))


def render(request: web.Request, template: str, *, status: int = 200, **values: Any) -> web.Response:
    """Answer a page. Templates have `_("text", fact=…)`, `n_(one, many, n)`, `language`, and `locales.numbers`."""
    language = page_language(request)
    text = (
        request.app[PAGES]
        .get_template(template)
        .render(
            _=partial(gettext, language),
            n_=partial(ngettext, language),
            count=partial(count, language),
            moment=partial(moment, language),
            money=partial(money, language),
            percent=partial(percent, language),
            language=language,
            path=request.path,
            in_language={code: f"?{request.rel_url.update_query(lang=code).query_string}" for code in LANGUAGES},
            **values,
        )
    )
    response = web.Response(text=text, status=status, content_type="text/html", headers=SECURITY_HEADERS)
    if request.query.get("lang") in LANGUAGES:
        response.set_cookie(LANGUAGE_COOKIE, language, max_age=31_536_000, samesite="Lax")
    return response
