"""Apple's pass web service from the side of the device: five requests, patient and bounded."""

import asyncio
import contextlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout
from yarl import URL

TIMEOUT: Final = ClientTimeout(total=30)
ATTEMPTS: Final = 4
ANSWER_LIMIT_BYTES: Final = 64 * 1024 * 1024
MEDIA_TYPE: Final = "application/vnd.apple.pkpass"
GOOD: Final = frozenset({HTTPStatus.OK, HTTPStatus.CREATED, HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED})


class ServiceFailed(Exception):
    """A request that did not succeed; `status` is None when there was no answer at all."""

    def __init__(self, what: str, *, status: int | None, problem: str) -> None:
        super().__init__(f"{what}: {problem}")
        self.what = what
        self.status = status
        self.problem = problem

    @property
    def may_pass(self) -> bool:
        """Whether the same request may succeed later: no answer, 429, or the service's own fault."""
        at_fault = self.status is not None and self.status >= HTTPStatus.INTERNAL_SERVER_ERROR
        return self.status in {None, HTTPStatus.TOO_MANY_REQUESTS} or at_fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """The serials that changed and the tag to come back with; the tag is opaque."""

    serials: Sequence[str]
    tag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A newer pass, and the Last-Modified it came with, verbatim."""

    payload: bytes
    last_modified: str | None


@dataclass(frozen=True, slots=True)
class _Request:
    what: str
    method: str
    url: URL
    headers: Mapping[str, str] = field(default_factory=dict)
    json: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceClient:
    """One device speaking to whatever webServiceURL its passes name.

    No answer, 429 and 5xx are tried again, four times in all, with a pause that doubles; everything else
    is final and raises ServiceFailed.
    """

    session: ClientSession
    device_id: str
    language: str
    retry_pause_s: float = 0.5

    async def register(self, service: str, pass_type: str, serial: str, *, token: str, push_token: str) -> int:
        """Give 201 for a new registration, 200 for a known one."""
        url = self._registration(service, pass_type) / serial
        body = {"pushToken": push_token}
        return (await self._ask(_Request("register", "POST", url, _authorized(token), body))).status

    async def unregister(self, service: str, pass_type: str, serial: str, *, token: str) -> None:
        url = self._registration(service, pass_type) / serial
        await self._ask(_Request("unregister", "DELETE", url, _authorized(token)))

    async def changed(self, service: str, pass_type: str, *, tag: str | None) -> Changed | None:
        """Ask what changed since the tag; None when nothing did. A tag that is no string is refused, as iOS does."""
        url = self._registration(service, pass_type)
        if tag is not None:
            url = url.with_query(passesUpdatedSince=tag)
        answer = await self._ask(_Request("list", "GET", url))
        return None if answer.status == HTTPStatus.NO_CONTENT else _read_list(answer)

    async def fetch(
        self, service: str, pass_type: str, serial: str, *, token: str, last_modified: str | None
    ) -> Fetched | None:
        """Fetch a pass; None when it is still the one from `last_modified` (304)."""
        headers = _authorized(token) | ({"If-Modified-Since": last_modified} if last_modified else {})
        url = URL(f"{service}/v1/passes") / pass_type / serial
        answer = await self._ask(_Request("fetch", "GET", url, headers))
        if answer.status == HTTPStatus.NOT_MODIFIED:
            return None
        if answer.headers.get("Content-Type", "").partition(";")[0] != MEDIA_TYPE:
            raise ServiceFailed("fetch", status=answer.status, problem=f"the answer is not {MEDIA_TYPE}")
        return Fetched(payload=answer.body, last_modified=answer.headers.get("Last-Modified"))

    async def download(self, address: str) -> Fetched:
        """Download a pass from any address, as tapping a link does."""
        answer = await self._ask(_Request("download", "GET", URL(address)))
        return Fetched(payload=answer.body, last_modified=answer.headers.get("Last-Modified"))

    def _registration(self, service: str, pass_type: str) -> URL:
        return URL(f"{service}/v1/devices") / self.device_id / "registrations" / pass_type

    async def complain(self, service: str, line: str) -> None:
        """Tell the service's log, once; a log that cannot be reached is nobody's concern."""
        request = _Request("log", "POST", URL(f"{service}/v1/log"), json={"logs": [line[:1000]]})
        with contextlib.suppress(ServiceFailed):
            await self._once(request)

    async def _ask(self, request: _Request) -> Answer:
        pause_s = self.retry_pause_s
        for _ in range(ATTEMPTS - 1):
            try:
                return await self._once(request)
            except ServiceFailed as failure:
                if not failure.may_pass:
                    raise
            await asyncio.sleep(pause_s)
            pause_s *= 2
        return await self._once(request)

    async def _once(self, request: _Request) -> Answer:
        headers = {"Accept-Language": self.language, **request.headers}
        try:
            async with self.session.request(
                request.method, request.url, headers=headers, json=request.json, timeout=TIMEOUT, allow_redirects=False
            ) as response:
                body = await _read(response, request)
                answer = Answer(status=response.status, headers=response.headers, body=body)
        except (ClientError, TimeoutError, OSError) as error:
            raise ServiceFailed(request.what, status=None, problem=type(error).__name__) from error
        if answer.status not in GOOD:
            raise ServiceFailed(request.what, status=answer.status, problem=f"answered {answer.status}")
        return answer


def _authorized(token: str) -> dict[str, str]:
    return {"Authorization": f"ApplePass {token}"}


async def _read(response: ClientResponse, request: _Request) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_chunked(64 * 1024):
        body += chunk
        if len(body) > ANSWER_LIMIT_BYTES:
            raise ServiceFailed(request.what, status=response.status, problem="the answer is too large")
    return bytes(body)


def _read_list(answer: Answer) -> Changed:
    try:
        document = json.loads(answer.body)
        serials, tag = document["serialNumbers"], document["lastUpdated"]
    except (ValueError, KeyError, TypeError) as error:
        raise ServiceFailed("list", status=answer.status, problem="the list cannot be read") from error
    if not isinstance(tag, str) or not isinstance(serials, list) or not all(isinstance(each, str) for each in serials):
        raise ServiceFailed("list", status=answer.status, problem="lastUpdated and the serials must be strings")
    return Changed(serials=serials, tag=tag)
