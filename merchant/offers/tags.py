"""Versions as entity tags (RFC 9110): what a change replaces, and what an answer shows."""

import re

from aiohttp import web

from offers.model.errors import BadHeader

_TAG = re.compile(r'"(\d{1,9})"', re.ASCII)
_ANY = "*"


def replaced_version(request: web.Request) -> int | None:
    """Read If-Match; None where the client does not mind. Raises BadHeader."""
    text = request.headers.get("If-Match")
    if text is None or text.strip() == _ANY:
        return None
    found = _TAG.fullmatch(text.strip())
    if found is None:
        raise BadHeader(header="If-Match")
    return int(found[1])


def tagged(version: int) -> dict[str, str]:
    return {"ETag": f'"{version}"'}
