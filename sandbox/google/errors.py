"""Refusals in Google's shape, as its clients read them."""

from http import HTTPStatus
from typing import Any

from aiohttp import web


class GoogleError(Exception):
    """One refusal of the REST API."""

    def __init__(
        self, status: HTTPStatus | int, reason: str, message: str, *, retry_after_s: int | None = None
    ) -> None:
        super().__init__(message)
        self.status = int(status)
        self.reason = reason
        self.message = message
        self.retry_after_s = retry_after_s

    def body(self) -> dict[str, Any]:
        inner = {"message": self.message, "domain": "walletobjects", "reason": self.reason}
        return {"error": {"code": self.status, "message": self.message, "errors": [inner]}}

    def response(self) -> web.Response:
        headers = {} if self.retry_after_s is None else {"Retry-After": str(self.retry_after_s)}
        return web.json_response(self.body(), status=self.status, headers=headers)


def invalid(message: str) -> GoogleError:
    return GoogleError(HTTPStatus.BAD_REQUEST, "invalidResource", message)
