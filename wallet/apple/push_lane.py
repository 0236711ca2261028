"""One lane to APNs: its present connection, and the patience between failed attempts to make one."""

import asyncio
import random
import ssl

from wallet.apple.push_connection import PushConnection
from wallet.apple.push_outcomes import Refused, RetryLater, jittered
from wallet.apple.push_stream import ConnectionLimits, ConnectionLost

_FIRST_PAUSE_S = 1.0
_LONGEST_PAUSE_S = 60.0
_TLS_GOODBYE_S = 2.0
_FORBIDDEN = 403


class NotConnected(Exception):
    """There is no connection; the outcome says whether to come again."""

    def __init__(self, outcome: RetryLater | Refused) -> None:
        super().__init__(outcome.reason)
        self.outcome = outcome


class Lane:
    """Makes a connection when one is needed and replaces it when it ended; failures are waited out, growing."""

    def __init__(
        self,
        host: str,
        port: int,
        context: ssl.SSLContext,
        *,
        limits: ConnectionLimits,
        connect_timeout_s: float,
        chance: random.Random,
    ) -> None:
        self._host = host
        self._port = port
        self._context = context
        self._limits = limits
        self._connect_timeout_s = connect_timeout_s
        self._chance = chance
        self._present: PushConnection | None = None
        self._draining: set[PushConnection] = set()
        self._making = asyncio.Lock()
        self._failures = 0
        self._again_at = 0.0
        self._last_failure = ""
        self._closing = asyncio.Event()

    async def connection(self) -> PushConnection:
        """The present connection, or a new one. Raises NotConnected at once while a pause lasts."""
        if self._present is not None and self._present.is_usable:
            return self._present
        async with self._making:
            if self._present is not None and self._present.is_usable:
                return self._present
            loop = asyncio.get_running_loop()
            if self._closing.is_set():
                raise NotConnected(RetryLater(0.0, "Closed"))
            if (pause_s := self._again_at - loop.time()) > 0:
                raise NotConnected(RetryLater(pause_s, self._last_failure))
            self._put_aside()
            made = await self._connect(loop)
            if self._closing.is_set():  # while it was being made
                made.end("Closed")
                raise NotConnected(RetryLater(0.0, "Closed"))
            self._present, self._failures = made, 0
            return made

    async def close(self, *, timeout_s: float) -> None:
        """End what is open and wait until the sockets are closed, by force when the time is over."""
        self._closing.set()
        self._put_aside()
        ended = [connection for connection in self._draining if not connection.is_closed]
        for connection in ended:
            connection.end("Closed")
        try:
            async with asyncio.timeout(timeout_s):
                await asyncio.gather(*(connection.wait_closed() for connection in ended))
        except TimeoutError:
            for connection in ended:
                connection.lose("Closed")
        self._draining.clear()

    def _put_aside(self) -> None:
        """The old connection may still owe answers: it is remembered until its socket closes."""
        if self._present is not None:
            self._draining.add(self._present)
            self._present = None
        self._draining = {connection for connection in self._draining if not connection.is_closed}

    async def _connect(self, loop: asyncio.AbstractEventLoop) -> PushConnection:
        connection = PushConnection(self._limits)
        try:
            async with asyncio.timeout(self._connect_timeout_s):
                transport, _ = await loop.create_connection(
                    lambda: connection,
                    self._host,
                    self._port,
                    ssl=self._context,
                    ssl_shutdown_timeout=_TLS_GOODBYE_S,
                )
                _require_http2(transport)
                await connection.ready()
        except BaseException as failure:
            connection.lose("NotReady")
            if isinstance(failure, OSError | TimeoutError | ConnectionLost):
                raise NotConnected(self._failed(failure, loop)) from failure
            raise
        return connection

    def _failed(self, failure: Exception, loop: asyncio.AbstractEventLoop) -> RetryLater | Refused:
        pause_s = jittered(min(_FIRST_PAUSE_S * 2.0**self._failures, _LONGEST_PAUSE_S), self._chance)
        self._failures = min(self._failures + 1, 10)
        self._again_at = loop.time() + pause_s
        cause = failure.cause if isinstance(failure, ConnectionLost) and failure.cause else failure
        self._last_failure = _describe(cause)
        if _is_certificate_trouble(cause):
            return Refused(_FORBIDDEN, self._last_failure)
        return RetryLater(pause_s, self._last_failure)


def _require_http2(transport: asyncio.Transport) -> None:
    chosen = transport.get_extra_info("ssl_object").selected_alpn_protocol()
    if chosen != "h2":
        raise ConnectionLost(f"ALPN {chosen}: the server does not speak HTTP/2")


def _describe(failure: BaseException) -> str:
    if isinstance(failure, ConnectionLost):
        return failure.reason
    if isinstance(failure, TimeoutError):
        return "ConnectTimeout"
    if isinstance(failure, ssl.SSLError):
        return f"TLS {failure.reason}"
    return f"NotConnected {failure}"


def _is_certificate_trouble(failure: BaseException) -> bool:
    """Whether TLS failed over a certificate, theirs or ours: that does not pass by itself."""
    if not isinstance(failure, ssl.SSLError):
        return False
    reason = failure.reason or ""
    return "CERTIFICATE" in reason or "UNKNOWN_CA" in reason
