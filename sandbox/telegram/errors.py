"""Refusals in the Bot API's shape and words."""

from http import HTTPStatus
from typing import Any

from aiohttp import web


class TelegramError(Exception):
    """One refusal. Bots match on these words, so they are Telegram's own."""

    def __init__(self, status: HTTPStatus | int, description: str, *, retry_after_s: int | None = None) -> None:
        super().__init__(description)
        self.status = int(status)
        self.description = description
        self.retry_after_s = retry_after_s

    def response(self) -> web.Response:
        body: dict[str, Any] = {"ok": False, "error_code": self.status, "description": self.description}
        if self.retry_after_s is not None:
            body["parameters"] = {"retry_after": self.retry_after_s}
        return web.json_response(body, status=self.status)


def bad_request(words: str) -> TelegramError:
    return TelegramError(HTTPStatus.BAD_REQUEST, f"Bad Request: {words}")


def too_many_requests(retry_after_s: int) -> TelegramError:
    words = f"Too Many Requests: retry after {retry_after_s}"
    return TelegramError(HTTPStatus.TOO_MANY_REQUESTS, words, retry_after_s=retry_after_s)
