"""Reading bodies and writing answers: JSON within stated limits."""

import json
from typing import Any, TypeVar

from aiohttp import web
from pydantic import BaseModel

MAX_JSON_BYTES = 256 * 1024
MAX_PHOTO_BYTES = 10 * 1024 * 1024

Body = TypeVar("Body", bound=BaseModel)


async def read_body(request: web.Request, model: type[Body], *, limit_bytes: int = MAX_JSON_BYTES) -> Body:
    """Read and check a JSON body. Raises pydantic's ValidationError, and 413 past the limit."""
    return model.model_validate_json(await read_bytes(request, limit_bytes=limit_bytes))


async def read_bytes(request: web.Request, *, limit_bytes: int) -> bytes:
    """Read a body of at most `limit_bytes`; a larger one is answered 413 without being kept."""
    if (request.content_length or 0) > limit_bytes:
        raise web.HTTPRequestEntityTooLarge(max_size=limit_bytes, actual_size=request.content_length or 0)
    body = bytearray()
    async for chunk in request.content.iter_chunked(64 * 1024):
        body += chunk
        if len(body) > limit_bytes:
            raise web.HTTPRequestEntityTooLarge(max_size=limit_bytes, actual_size=len(body))
    return bytes(body)


def answer(document: dict[str, Any], *, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return web.json_response(text=text, status=status, headers=headers)
