"""APNs on localhost: HTTP/2 over TLS with a client certificate, every reason on demand, pushes to watch."""

import asyncio
import ssl
import uuid
from collections import deque
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from certs.dev import DevIdentities
from sandbox.apns_connection import ApnsConnection
from sandbox.apns_rules import REASONS, Headers, PushRequest, wrong_with
from sandbox.changes import Changes

KEPT_PUSHES = 20_000
FAULTS_LIMIT = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedPush:
    """A push that APNs took, and would now carry to a device."""

    token: str
    topic: str
    apns_id: str
    headers: Headers
    payload: bytes
    connection: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """An answer other than the usual one."""

    status: int
    reason: str | None
    timestamp_ms: int | None = None
    retry_after: str | None = None
    has_body: bool = True


class ApnsStandIn:
    """Speaks as api.push.apple.com does; use it with `async with`, and read `url` and `pushes()`.

    A push is checked as Apple checks it (address, headers, topic against the certificate's UID, payload). Then a
    fault set for its token answers, else the next fault of the queue, else 200.
    """

    def __init__(self, identities: DevIdentities, *, streams: int = 1000, port: int = 0) -> None:
        self.received: deque[ReceivedPush] = deque(maxlen=KEPT_PUSHES)
        self.refused: deque[tuple[PushRequest, str]] = deque(maxlen=KEPT_PUSHES)
        self.connections_made = 0
        self._identities = identities
        self._streams = streams
        self._port = port
        self._server: asyncio.Server | None = None
        self._connections: set[ApnsConnection] = set()
        self._by_token: dict[str, Fault] = {}
        self._queue: deque[Fault] = deque(maxlen=FAULTS_LIMIT)
        self._stalled: set[str] = set()
        self._refusing = 0
        self._goaway_after: int | None = None
        self._changes: Changes[ReceivedPush] = Changes()

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            self._connect, "127.0.0.1", self._port, ssl=self._context(), ssl_shutdown_timeout=1.0
        )
        self._port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.close()
        for connection in tuple(self._connections):
            connection.drop()
        self._changes.close()
        if self._server is not None:
            await self._server.wait_closed()

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self._port}"

    @property
    def connections(self) -> tuple[ApnsConnection, ...]:
        """The connections that are open now, oldest first."""
        return tuple(sorted(self._connections, key=lambda connection: connection.number))

    # What it shall answer

    def answer(
        self,
        token: str,
        *,
        reason: str,
        status: int | None = None,
        timestamp_ms: int | None = None,
        retry_after: str | None = None,
    ) -> None:
        """Answer every push to this token so, until `forgive`."""
        self._by_token[token] = _fault(reason, status, timestamp_ms, retry_after)

    def answer_next(
        self,
        reason: str | None,
        *,
        status: int | None = None,
        timestamp_ms: int | None = None,
        retry_after: str | None = None,
        times: int = 1,
        has_body: bool = True,
    ) -> None:
        """Answer the next good pushes so, whatever their token."""
        fault = _fault(reason, status, timestamp_ms, retry_after, has_body=has_body)
        self._queue.extend(fault for _ in range(times))

    def stall(self, token: str) -> None:
        """Take pushes to this token and never answer."""
        self._stalled.add(token)

    def forgive(self, token: str) -> None:
        """Forget what was set for this token."""
        self._by_token.pop(token, None)
        self._stalled.discard(token)

    def refuse_streams(self, count: int) -> None:
        """Reset the next streams as not looked at (REFUSED_STREAM)."""
        self._refusing = count

    def goaway(self, *, reason: str = "Shutdown", last_stream_id: int | None = None) -> None:
        """Say GOAWAY on every open connection; streams above the last one are not looked at."""
        for connection in self.connections:
            connection.goaway(reason=reason, last_stream_id=last_stream_id)

    def goaway_after(self, requests: int) -> None:
        """Say GOAWAY once, when a connection has taken that many requests, as Apple does on its own."""
        self._goaway_after = requests

    def drop(self) -> None:
        """Cut every open connection."""
        for connection in self.connections:
            connection.drop()

    # What it saw

    def pushes(self) -> AsyncIterator[ReceivedPush]:
        """Pushes from the first step of the loop on, until the server ends."""
        return self._changes.watch()

    def watching(self) -> AbstractContextManager[AsyncIterator[ReceivedPush]]:
        """Pushes from this line on: `with server.watching() as pushes:`."""
        return self._changes.watching()

    def _connect(self) -> ApnsConnection:
        self.connections_made += 1
        connection = ApnsConnection(self.connections_made, self._streams, self._take, self._connections.discard)
        self._connections.add(connection)
        return connection

    def _take(self, connection: ApnsConnection, stream_id: int, request: PushRequest) -> None:
        if self._refusing > 0:
            self._refusing -= 1
            connection.refuse(stream_id)
            return
        if self._goaway_after is not None and connection.requests >= self._goaway_after:
            self._goaway_after = None
            connection.goaway(reason="Shutdown", last_stream_id=stream_id)
        wrong = wrong_with(request, allowed_topic=connection.topic)
        fault = _fault(wrong) if wrong else self._fault_for(request.token)
        apns_id = request.header("apns-id") or str(uuid.uuid4())
        if request.token in self._stalled:
            return
        if fault is not None:
            self.refused.append((request, fault.reason or ""))
            self._answer_fault(connection, stream_id, apns_id, fault)
            return
        self._record(connection, request, apns_id)
        connection.answer(stream_id, 200, {"apns-id": apns_id}, None)

    def _fault_for(self, token: str) -> Fault | None:
        return self._by_token.get(token) or (self._queue.popleft() if self._queue else None)

    def _answer_fault(self, connection: ApnsConnection, stream_id: int, apns_id: str, fault: Fault) -> None:
        headers = {"apns-id": apns_id}
        if fault.retry_after is not None:
            headers["retry-after"] = fault.retry_after
        document: dict[str, object] = {"reason": fault.reason}
        if fault.timestamp_ms is not None:
            document["timestamp"] = fault.timestamp_ms
        connection.answer(stream_id, fault.status, headers, document if fault.has_body else None)

    def _record(self, connection: ApnsConnection, request: PushRequest, apns_id: str) -> None:
        push = ReceivedPush(
            token=request.token,
            topic=request.header("apns-topic") or "",
            apns_id=apns_id,
            headers=request.headers,
            payload=request.payload,
            connection=connection.number,
        )
        self.received.append(push)
        self._changes.tell(push)

    def _context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(self._identities.server_certificate_path, self._identities.server_key_path)
        context.load_verify_locations(self._identities.root_path)
        context.verify_mode = ssl.CERT_REQUIRED
        context.set_alpn_protocols(["h2"])
        return context


def _fault(
    reason: str | None,
    status: int | None = None,
    timestamp_ms: int | None = None,
    retry_after: str | None = None,
    *,
    has_body: bool = True,
) -> Fault:
    known = REASONS.get(reason or "", 0) if status is None else status
    if not known:
        raise ValueError(f"APNs has no reason {reason!r}; give the status too")
    return Fault(status=known, reason=reason, timestamp_ms=timestamp_ms, retry_after=retry_after, has_body=has_body)
