"""The Google stand-in: token endpoint, Wallet REST API and save page on 127.0.0.1, with faults on demand."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from types import TracebackType
from typing import Any, Final, Self

from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa
from yarl import URL

from sandbox.faults import Fault, Faults
from sandbox.google.accounts import GOOGLE_TOKEN_URL, Accounts, GrantError
from sandbox.google.batch import BATCH_PATH, Inner, InnerAnswer, answer_batch
from sandbox.google.callbacks import Callbacks
from sandbox.google.errors import GoogleError
from sandbox.google.quota import Quota
from sandbox.google.rest import API_PATH, Rest, kind_of
from sandbox.google.save_page import SavePage
from sandbox.google.shelf import Change, Shelf
from sandbox.google.signer import CallbackSigner
from sandbox.listener import Listener

TOKEN_PATH: Final = "/token"
SAVE_PATH: Final = "/gp/v/save"
KEYS_PATH: Final = "/gp/m/issuer/keys"
KEYS_LIVE_S: Final = 3600
BODY_LIMIT_BYTES: Final = 1024 * 1024
CALLS_KEPT: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiCall:
    """One REST request as it arrived, and the status it got."""

    method: str
    path: str
    body: Any
    status: int
    at: datetime


class GoogleStandIn:
    """`async with GoogleStandIn(public_keys={client_email: key}) as google:` keeps nothing after it ends.

    With `issuer_id` ids of other issuers are refused, with `requests_per_s` whoever goes faster. `calls` keeps the last
    10,000 REST requests, those in batches among them.
    """

    def __init__(
        self,
        *,
        public_keys: Mapping[str, rsa.RSAPublicKey],
        issuer_id: str | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        token_life: timedelta = timedelta(hours=1),
        requests_per_s: int | None = None,
        port: int = 0,
    ) -> None:
        self.accounts = Accounts(public_keys=public_keys, clock=clock, token_life=token_life)
        self.shelf = Shelf(clock=clock, issuer_id=issuer_id)
        self.faults = Faults()
        self.quota = Quota(requests_per_s, clock=clock)
        self.calls: deque[ApiCall] = deque(maxlen=CALLS_KEPT)
        self.signer = CallbackSigner(clock)
        self.callbacks = Callbacks(self.shelf, self.signer, clock=clock)
        self.keys_fetched = 0
        self.batches = 0
        self._calling: asyncio.Task[None] | None = None
        self._clock = clock
        self._rest = Rest(self.shelf, issuer_id=issuer_id)
        self._save_page = SavePage(accounts=self.accounts, shelf=self.shelf)
        self._listener = Listener(self._application(), port=port)

    async def __aenter__(self) -> Self:
        await self._listener.start()
        ready = asyncio.Event()
        self._calling = asyncio.create_task(self.callbacks.run(ready))
        await ready.wait()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.shelf.changes.close()
        self.callbacks.news.close()
        if self._calling:
            self._calling.cancel()
            with suppress(asyncio.CancelledError):
                await self._calling
        await self._listener.stop()

    @property
    def url(self) -> str:
        return self._listener.url

    @property
    def api_url(self) -> str:
        return f"{self.url}{API_PATH}"

    @property
    def batch_url(self) -> str:
        return f"{self.url}{BATCH_PATH}"

    @property
    def token_url(self) -> str:
        return f"{self.url}{TOKEN_PATH}"

    @property
    def save_url(self) -> str:
        return f"{self.url}{SAVE_PATH}"

    @property
    def keys_url(self) -> str:
        return f"{self.url}{KEYS_PATH}"

    def fail(
        self,
        *,
        times: int | None = 1,
        status: int | None = None,
        reason: str = "",
        retry_after_s: int | None = None,
        latency_s: float = 0.0,
        cut: bool = False,
        **where: str,
    ) -> None:
        """Spoil the next `times` requests (None: until `faults.clear()`).

        `where` narrows it: `method="PATCH"`, `kind="loyaltyObject"`, `door="token"` (or `"api"`, `"save"`, `"keys"`).
        A latency alone only makes them late; `cut` drops the connection.
        """
        fault = Fault(
            status=status, reason=reason, retry_after_s=retry_after_s, latency_s=latency_s, cut=cut, where=where
        )
        self.faults.add(fault, times=times)

    def object(self, resource_id: str) -> dict[str, Any]:
        """Return a loyalty object as kept; raises GoogleError when there is none."""
        return self.shelf.read("loyaltyObject", resource_id)

    def loyalty_class(self, resource_id: str) -> dict[str, Any]:
        return self.shelf.read("loyaltyClass", resource_id)

    def changes(self) -> AsyncIterator[Change]:
        """Tell every change from the first step of the loop on."""
        return self.shelf.changes.watch()

    def watching(self) -> AbstractContextManager[AsyncIterator[Change]]:
        """Begin to watch now: `with google.watching() as changes`, then act, then loop."""
        return self.shelf.changes.watching()

    def _application(self) -> web.Application:
        application = web.Application(client_max_size=BODY_LIMIT_BYTES, middlewares=[self._guard])
        application.router.add_post(TOKEN_PATH, self._grant)
        application.router.add_get(f"{SAVE_PATH}/{{jwt}}", self._save_page.answer)
        application.router.add_get(KEYS_PATH, self._keys)
        application.router.add_post(BATCH_PATH, self._batch)
        application.router.add_route("*", f"{API_PATH}/{{path:.*}}", self._single)
        return application

    @web.middleware
    async def _guard(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        door = _door(request.path)
        try:
            # The calls of a batch are struck one by one.
            if door != "api" and (fault := await self.faults.strike({"door": door, "method": request.method})):
                _spoil(request, fault)
            return await handler(request)
        except GoogleError as error:
            return error.response()

    async def _single(self, request: web.Request) -> web.Response:
        raw = await request.read()
        try:
            sent = json.loads(raw or b"null")
        except ValueError as error:
            raise GoogleError(HTTPStatus.BAD_REQUEST, "parseError", "Parse Error") from error
        authorization = request.headers.get("Authorization", "")
        inner = Inner(method=request.method, path=request.path_qs, authorization=authorization, body=sent)
        served = await self._serve(request, inner)
        headers = {} if served.retry_after_s is None else {"Retry-After": str(served.retry_after_s)}
        return web.json_response(served.body, status=served.status, headers=headers)

    async def _batch(self, request: web.Request) -> web.Response:
        self.batches += 1
        return await answer_batch(request, lambda inner: self._serve(request, inner))

    async def _serve(self, request: web.Request, inner: Inner) -> InnerAnswer:
        """Serve one call, alone or in a batch, and write it down."""
        url = URL(inner.path)
        try:
            facts = {"door": "api", "method": inner.method, "kind": kind_of(url.path)}
            if fault := await self.faults.strike(facts):
                _spoil(request, fault)
            self.accounts.check_invited(self.accounts.check_bearer(inner.authorization))
            self.quota.take()
            served = InnerAnswer(
                status=HTTPStatus.OK, body=self._rest.serve(inner.method, url.path, inner.body, url.query)
            )
        except GoogleError as error:
            served = InnerAnswer(status=error.status, body=error.body(), retry_after_s=error.retry_after_s)
        path = url.path.removeprefix(API_PATH)
        self.calls.append(
            ApiCall(method=inner.method, path=path, body=inner.body, status=served.status, at=self._clock())
        )
        return served

    async def _keys(self, _: web.Request) -> web.Response:
        self.keys_fetched += 1
        return web.json_response(self.signer.document(), headers={"Cache-Control": f"public, max-age={KEYS_LIVE_S}"})

    async def _grant(self, request: web.Request) -> web.Response:
        form = await request.post()
        try:
            return web.json_response(self.accounts.grant(form, audiences=[self.token_url, GOOGLE_TOKEN_URL]))
        except GrantError as error:
            return error.response()


def _door(path: str) -> str:
    if path.startswith((API_PATH, BATCH_PATH)):
        return "api"
    if path == KEYS_PATH:
        return "keys"
    return "save" if path.startswith(SAVE_PATH) else "token"


def _spoil(request: web.Request, fault: Fault) -> None:
    if fault.cut and request.transport is not None:
        request.transport.abort()
    status = fault.status or HTTPStatus.INTERNAL_SERVER_ERROR
    reason = fault.reason or {403: "permissionDenied", 429: "rateLimitExceeded"}.get(status, "backendError")
    message = "Permission Denied" if reason == "permissionDenied" else f"{reason}: a fault on demand."
    raise GoogleError(status, reason, message, retry_after_s=fault.retry_after_s)
