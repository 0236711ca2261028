"""A refusal as a page, for a person whose browser came to an address."""

from aiohttp import web

from web.layout import PAGES, render

TITLES: dict[str, str] = {
    "unknown_card": "This link opens no card",
    "not_found": "There is nothing at this address",
}
"""What a person is told instead of the words for a till or a program."""

ADVICE: dict[str, str] = {
    "unknown_card": "A link to a card works only whole: copy it again, or open the card in the bot or at the till.",
    "unknown_programme": "Look at the address once more: a letter may be missing.",
    "not_found": "Look at the address once more: a letter may be missing.",
    "wallet_unavailable": "The card itself is safe: its page goes on working. Go back and try again in a minute.",
    "too_many_requests": "This protects the members' numbers from being guessed. Nothing is lost.",
    "busy": "Go back and try again.",
    "internal_error": "Go back and try again.",
}
"""What to do next, by the stable code; Russian stands in the catalogue."""


def wants_page(request: web.Request) -> bool:
    """Tell a browser going to an address from a program: only the former asks for HTML by name."""
    return PAGES in request.app and "text/html" in request.headers.get("Accept", "")


def problem_page(
    request: web.Request, code: str, status: int, *, title: str, facts: dict[str, object], headers: dict[str, str]
) -> web.Response:
    """Answer the refusal's words, in English as the tables have them, with advice where there is any."""
    words = TITLES.get(code, title)
    advice = ADVICE.get(code)
    response = render(request, "problem.html", status=status, title=words, facts=facts, advice=advice, code=code)
    response.headers.update(headers)
    response.headers["X-Robots-Tag"] = "noindex"
    return response
