"""`POST /batch`: many requests in one `multipart/mixed` body, each answered in a part of its own."""

import json
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from email import message_from_bytes
from email.message import Message
from http import HTTPStatus
from typing import Any, Final

from aiohttp import web

from sandbox.google.errors import GoogleError, invalid

BATCH_PATH: Final = "/batch"
PARTS_LIMIT: Final = 100
_BREAK: Final = "\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inner:
    """One request, by itself or inside a batch; `authorization` is its own or the whole batch's."""

    content_id: str = ""
    method: str
    path: str
    authorization: str
    body: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class InnerAnswer:
    status: int
    body: dict[str, Any]
    retry_after_s: int | None = None


Serve = Callable[[Inner], Awaitable[InnerAnswer]]


async def answer_batch(request: web.Request, serve: Serve) -> web.Response:
    """Serve the parts one after another, in their order. Raises 400 for a body that is no batch."""
    inners = _parts(request.headers.get("Content-Type", ""), await request.read())
    shared = request.headers.get("Authorization", "")
    boundary = f"batch_{secrets.token_hex(12)}"
    parts = [
        _part(boundary, inner.content_id, await serve(replace(inner, authorization=inner.authorization or shared)))
        for inner in inners
    ]
    text = "".join(parts) + f"--{boundary}--{_BREAK}"
    return web.Response(body=text.encode(), headers={"Content-Type": f"multipart/mixed; boundary={boundary}"})


def _parts(content_type: str, raw: bytes) -> list[Inner]:
    whole = message_from_bytes(f"Content-Type: {content_type}{_BREAK}{_BREAK}".encode() + raw)
    if whole.get_content_type() != "multipart/mixed" or not whole.is_multipart():
        raise GoogleError(HTTPStatus.BAD_REQUEST, "badRequest", "Failed to parse batch request: not multipart/mixed.")
    parts = whole.get_payload()
    if not isinstance(parts, list) or not 0 < len(parts) <= PARTS_LIMIT:
        raise GoogleError(HTTPStatus.BAD_REQUEST, "badRequest", f"A batch has between 1 and {PARTS_LIMIT} parts.")
    return [_inner(part) for part in parts if isinstance(part, Message)]


def _inner(part: Message) -> Inner:
    if part.get_content_type() != "application/http":
        raise invalid("Each part of a batch is application/http.")
    payload = part.get_payload(decode=True)
    head, _, body = (payload if isinstance(payload, bytes) else b"").replace(b"\r\n", b"\n").partition(b"\n\n")
    line, _, fields = head.partition(b"\n")
    words = line.decode().split(" ")
    if len(words) < 2:  # noqa: PLR2004 - a method and an address
        raise invalid("A part of a batch begins with a request line.")
    headers = message_from_bytes(fields + b"\n\n")
    try:
        sent = json.loads(body) if body.strip() else None
    except ValueError as error:
        raise GoogleError(HTTPStatus.BAD_REQUEST, "parseError", "Parse Error") from error
    return Inner(
        content_id=part.get("Content-ID", ""),
        method=words[0].upper(),
        path=words[1],
        authorization=headers.get("Authorization", ""),
        body=sent,
    )


def _part(boundary: str, content_id: str, answer: InnerAnswer) -> str:
    named = f"<response-{content_id.strip('<>')}>"
    retry = "" if answer.retry_after_s is None else f"Retry-After: {answer.retry_after_s}{_BREAK}"
    body = json.dumps(answer.body)
    return _BREAK.join(
        (
            f"--{boundary}",
            "Content-Type: application/http",
            f"Content-ID: {named}",
            "",
            f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}",
            f"Content-Type: application/json; charset=UTF-8{_BREAK}{retry}Content-Length: {len(body)}",
            "",
            body,
            "",
        )
    )
