"""One bounded HTTP exchange with Google, and what an answer's headers tell about time."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from aiohttp import ClientPayloadError, ClientSession, ClientTimeout

ANSWER_LIMIT_BYTES = 1024 * 1024
# Google compresses only for clients that name gzip in both headers.
GZIP_HEADERS = {"Accept-Encoding": "gzip", "User-Agent": "Tessera (gzip)"}


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    raw: bytes

    def json(self) -> dict[str, Any]:
        """Return the body as an object; anything else counts as empty, since error pages are often HTML."""
        try:
            body = json.loads(self.raw)
        except ValueError:
            return {}
        return body if isinstance(body, dict) else {}

    def retry_after_s(self) -> float | None:
        """Read Retry-After in seconds; its date form is taken against the answer's own Date, so no clock is needed."""
        value = self.headers.get("Retry-After", "").strip()
        if value.isascii() and value.isdigit():
            return float(value)
        until, said_at = _http_date(value), self.said_at()
        return max(0.0, (until - said_at).total_seconds()) if until and said_at else None

    def said_at(self) -> datetime | None:
        return _http_date(self.headers.get("Date", ""))


async def ask(
    session: ClientSession,
    method: str,
    url: str,
    *,
    timeout_s: float,
    headers: Mapping[str, str] | None = None,
    form: Mapping[str, str] | None = None,
    body: Mapping[str, Any] | None = None,
    raw_body: bytes | None = None,
) -> Answer:
    """Ask once, following no redirect. Raises aiohttp.ClientError or TimeoutError when there is no whole answer."""
    async with session.request(
        method,
        url,
        headers={**GZIP_HEADERS, **(headers or {})},
        data=form if raw_body is None else raw_body,
        json=body,
        timeout=ClientTimeout(total=timeout_s),
        allow_redirects=False,
    ) as response:
        raw = bytearray()
        async for chunk in response.content.iter_any():
            raw += chunk
            if len(raw) > ANSWER_LIMIT_BYTES:
                raise ClientPayloadError(f"answer is longer than {ANSWER_LIMIT_BYTES} bytes")
        return Answer(response.status, response.headers.copy(), bytes(raw))


def _http_date(value: str) -> datetime | None:
    try:
        said = parsedate_to_datetime(value)
    except (ValueError, IndexError, TypeError):
        return None
    return said if said.tzinfo else said.replace(tzinfo=UTC)
