"""The page behind a save link: checks the JWT as Google does, and puts the cards on the phone."""

from html import escape
from http import HTTPStatus
from typing import Any, Final

from aiohttp import web

from sandbox.google.accounts import Accounts
from sandbox.google.errors import GoogleError, invalid
from sandbox.google.rules import KINDS
from sandbox.google.shelf import Shelf

JWT_LIMIT_CHARS: Final = 1800
PAGE: Final = """<!doctype html>
<html lang="{language}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title><body><main><h1>{title}</h1><ul>{rows}</ul></main></body></html>
"""
TITLES: Final = {
    "en": ("Saved to Google Wallet", "Something went wrong. Please try again."),
    "ru": ("Добавлено в Google Кошелёк", "Произошла ошибка. Повторите попытку."),
}


class SavePage:
    """`GET /gp/v/save/{jwt}` of the stand-in."""

    def __init__(self, *, accounts: Accounts, shelf: Shelf) -> None:
        self._accounts = accounts
        self._shelf = shelf

    async def answer(self, request: web.Request) -> web.Response:
        language = "ru" if request.headers.get("Accept-Language", "").lower().startswith("ru") else "en"
        saved_title, failed_title = TITLES[language]
        try:
            saved = self.save(request.match_info["jwt"])
        except GoogleError as error:
            return _page(language, failed_title, [error.message], HTTPStatus.BAD_REQUEST)
        return _page(language, saved_title, [str(body["id"]) for body in saved], HTTPStatus.OK)

    def save(self, token: str) -> list[dict[str, Any]]:
        """Put every object the JWT names on the phone; objects it carries whole are inserted when new."""
        if len(token) > JWT_LIMIT_CHARS:
            raise invalid(f"JWT is {len(token)} characters long: browsers cut addresses at {JWT_LIMIT_CHARS}.")
        claims = self._accounts.save_claims(token)
        if claims.get("typ") != "savetowallet":
            raise invalid("JWT typ is not savetowallet.")
        payload = claims.get("payload")
        if not isinstance(payload, dict) or not payload:
            raise invalid("JWT has no payload.")
        for path in KINDS:
            if KINDS[path].class_path is None:
                self._insert_new(path, payload.get(_plural(path), []))
        return [
            self._save_one(path, part)
            for path, kind in KINDS.items()
            if kind.class_path is not None
            for part in payload.get(_plural(path), [])
        ]

    def _insert_new(self, path: str, parts: list[dict[str, Any]]) -> None:
        for part in parts:
            if "rotatingBarcode" in part:
                raise invalid("A rotatingBarcode in a JWT would give its key away: insert the object by the API.")
            if set(part) > {"id", "classId"}:
                try:
                    self._shelf.insert(path, part)
                except GoogleError as error:
                    if error.status != HTTPStatus.CONFLICT:
                        raise  # what exists is not overwritten by a JWT, and that is no error

    def _save_one(self, path: str, part: dict[str, Any]) -> dict[str, Any]:
        self._insert_new(path, [part])
        return self._shelf.mark_saved(path, str(part.get("id")), saved=True)


def _plural(path: str) -> str:
    return f"{path}es" if path.endswith("Class") else f"{path}s"


def _page(language: str, title: str, rows: list[str], status: HTTPStatus) -> web.Response:
    items = "".join(f"<li>{escape(row)}</li>" for row in rows)
    text = PAGE.format(language=language, title=escape(title), rows=items)
    return web.Response(text=text, status=status, content_type="text/html")
