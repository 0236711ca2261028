"""One HTTP/2 connection to APNs: streams and their time, flow control, resets, GOAWAY."""

import asyncio
import ssl
from collections.abc import Sequence
from typing import cast

from h2.config import H2Configuration
from h2.errors import ErrorCodes
from h2.events import (
    DataReceived,
    Event,
    PingAckReceived,
    RemoteSettingsChanged,
    ResponseReceived,
    StreamEnded,
    StreamReset,
    WindowUpdated,
)
from h2.exceptions import H2Error
from h2.settings import SettingCodes, Settings
from hpack import HeaderTuple

from wallet.apple.push_frames import GoAway, GoAwayFilter
from wallet.apple.push_headers import PushH2
from wallet.apple.push_outcomes import Answer
from wallet.apple.push_pace import NotTaken, Places, Pulse
from wallet.apple.push_stream import ConnectionLimits, ConnectionLost, NoAnswer, Stream

ANSWER_LIMIT_BYTES = 4096

_PING = b"tessera!"
_HEADERS_LIMIT = 64
_DETAIL_LIMIT = 100


class PushConnection(asyncio.Protocol):
    """Made by `loop.create_connection`; `ready` waits for the server's SETTINGS, `request` carries one push."""

    def __init__(self, limits: ConnectionLimits) -> None:
        self._limits = limits
        self._loop = asyncio.get_running_loop()
        self._filter = GoAwayFilter()
        self._streams: dict[int, Stream] = {}
        self._places = Places(self._places_now)
        self._pulse = Pulse(self, ping_after_s=limits.ping_after_s, ping_timeout_s=limits.ping_timeout_s)
        self._ending: str | None = None  # why no new stream may start
        self._transport: asyncio.Transport | None = None
        self._has_flush_planned = False
        self._settled: asyncio.Future[None] = self._loop.create_future()
        self._closed: asyncio.Future[None] = self._loop.create_future()
        self._h2 = _make_h2()

    @property
    def is_usable(self) -> bool:
        return self._ending is None

    @property
    def is_closed(self) -> bool:
        return self._closed.done()

    @property
    def streams_open(self) -> int:
        return len(self._streams)

    async def ready(self) -> None:
        """Wait for the server's first SETTINGS: before them it is not known how many streams it allows."""
        await asyncio.shield(self._settled)

    async def request(self, headers: Sequence[HeaderTuple], body: bytes) -> Answer:
        """Send one push and wait for its answer. Raises NotTaken, NoAnswer or ConnectionLost."""
        await self._places.take()
        stream_id: int | None = None
        try:
            stream_id = self._start(headers, body)
            async with asyncio.timeout(self._limits.stream_timeout_s):
                return await self._streams[stream_id].answered
        except TimeoutError:
            self._pulse.ask()  # one silent stream is the server's affair; a silent connection is dead
            raise NoAnswer from None
        finally:
            if stream_id is not None:
                self._forget(stream_id)
            self._places.give_back()

    def end(self, reason: str) -> None:
        """Say goodbye and close; pushes on their way are lost."""
        if self._is_open():
            self._h2.close_connection()
            self._flush()
        self._fail_all(reason)
        if self._transport is not None:
            self._transport.close()

    def lose(self, reason: str, cause: BaseException | None = None) -> None:
        """Drop the connection at once."""
        self._fail_all(reason, cause)
        if self._transport is not None:
            self._transport.abort()

    async def wait_closed(self) -> None:
        await asyncio.shield(self._closed)

    def send_ping(self) -> None:
        if self._is_open():
            self._h2.ping(_PING)
            self._flush_soon()

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's transports are no subclasses
        self._h2.initiate_connection()
        self._flush()

    def data_received(self, data: bytes) -> None:
        self._pulse.heard()
        passed, goaways = self._filter.feed(data)
        try:
            for event in self._h2.receive_data(passed) if passed else ():
                self._see(event)
        except H2Error as broken:
            self.lose(f"ProtocolError {broken}")
            return
        for goaway in goaways:
            self._drain(goaway)
        self._flush_soon()

    def connection_lost(self, exc: Exception | None) -> None:
        self._fail_all(_reason_of(exc), exc)
        if not self._closed.done():
            self._closed.set_result(None)

    # What the server says

    def _see(self, event: Event) -> None:
        match event:
            case RemoteSettingsChanged():
                if not self._settled.done():
                    self._settled.set_result(None)
                self._send_unsent()
                self._places.wake()
            case WindowUpdated():
                self._send_unsent()
            case PingAckReceived():
                self._pulse.answered()
            case ResponseReceived() | DataReceived() | StreamEnded() | StreamReset():
                self._see_stream(event)

    def _see_stream(self, event: ResponseReceived | DataReceived | StreamEnded | StreamReset) -> None:
        if isinstance(event, DataReceived) and event.flow_controlled_length:
            self._h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        stream = self._streams.get(event.stream_id)
        if stream is None or stream.answered.done():
            return
        match event:
            case ResponseReceived():
                pairs = event.headers[:_HEADERS_LIMIT]
                stream.headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in pairs}
                status = stream.headers.get(":status", "")
                stream.status = int(status) if status.isdecimal() else 0
            case DataReceived():
                stream.body += event.data[: ANSWER_LIMIT_BYTES - len(stream.body)]
            case StreamEnded():
                stream.answered.set_result(Answer(stream.status, stream.headers, bytes(stream.body)))
            case StreamReset() if event.error_code == ErrorCodes.REFUSED_STREAM:
                stream.fail(NotTaken("REFUSED_STREAM"))
            case StreamReset():
                stream.fail(ConnectionLost(f"StreamReset {event.error_code!s}"))

    def _drain(self, goaway: GoAway) -> None:
        """Streams above the last one were not looked at; those below still get their answers."""
        said = goaway.detail[:_DETAIL_LIMIT].decode("utf-8", "replace")
        reason = f"GOAWAY {goaway.error_code} {said}".strip()
        for stream_id, stream in self._streams.items():
            if stream_id > goaway.last_stream_id:
                stream.fail(NotTaken(reason))
        self._begin_ending(reason)

    def _begin_ending(self, reason: str) -> None:
        self._ending = self._ending or reason
        self._places.close(self._ending)
        if not self._settled.done():
            self._settled.set_exception(ConnectionLost(reason))
            self._settled.exception()  # seen: nobody may be waiting in `ready`
        self._close_when_idle()

    def _close_when_idle(self) -> None:
        if self._ending is not None and not self._streams and self._transport is not None:
            self._pulse.stop()
            self._transport.close()

    def _fail_all(self, reason: str, cause: BaseException | None = None) -> None:
        self._ending = self._ending or reason
        self._pulse.stop()
        self._places.close(self._ending)
        lost = ConnectionLost(reason, cause)
        for stream in self._streams.values():
            stream.fail(lost)
        if not self._settled.done():
            self._settled.set_exception(lost)
            self._settled.exception()  # seen: nobody may be waiting in `ready`

    # What we say

    def _start(self, headers: Sequence[HeaderTuple], body: bytes) -> int:
        try:
            stream_id = self._h2.get_next_available_stream_id()
            self._h2.send_headers(stream_id, headers)
        except H2Error as full:  # out of stream ids, or the server lowered its limit this moment
            self._begin_ending(type(full).__name__)
            raise NotTaken(type(full).__name__) from full
        self._streams[stream_id] = Stream(answered=self._loop.create_future(), unsent=body)
        self._send_body(stream_id)
        self._flush_soon()
        return stream_id

    def _send_unsent(self) -> None:
        for stream_id, stream in self._streams.items():
            if stream.unsent:
                self._send_body(stream_id)

    def _send_body(self, stream_id: int) -> None:
        """As much of the body as both flow-control windows let through; the rest waits for a WINDOW_UPDATE."""
        stream = self._streams[stream_id]
        try:
            while stream.unsent:
                room = min(self._h2.local_flow_control_window(stream_id), self._h2.max_outbound_frame_size)
                if room <= 0:
                    return
                part, stream.unsent = stream.unsent[:room], stream.unsent[room:]
                self._h2.send_data(stream_id, part, end_stream=not stream.unsent)
        except H2Error:
            stream.unsent = b""  # the stream is closed already: its answer or its reset is on the way

    def _forget(self, stream_id: int) -> None:
        stream = self._streams.pop(stream_id)
        if stream.answered.cancelled() and self._is_open():
            try:
                self._h2.reset_stream(stream_id, ErrorCodes.CANCEL)
                self._flush_soon()
            except H2Error:
                stream.unsent = b""  # closed from the other side at the same moment
        self._close_when_idle()

    def _is_open(self) -> bool:
        return self._transport is not None and not self._transport.is_closing()

    def _flush_soon(self) -> None:
        """One write for all that was said in this turn of the loop: a thousand pushes are a few TLS records."""
        if not self._has_flush_planned:
            self._has_flush_planned = True
            self._loop.call_soon(self._flush)

    def _flush(self) -> None:
        self._has_flush_planned = False
        if self._transport is None or self._transport.is_closing():
            return
        if outgoing := self._h2.data_to_send():
            self._transport.write(outgoing)

    def _places_now(self) -> int:
        return min(self._limits.streams, self._h2.remote_settings.max_concurrent_streams)


def _make_h2() -> PushH2:
    # Nothing but our own constant headers is sent: h2 need not check and lower-case them for every push.
    configuration = H2Configuration(
        client_side=True,
        header_encoding=None,
        validate_outbound_headers=False,
        normalize_outbound_headers=False,
    )
    connection = PushH2(configuration)
    connection.local_settings = Settings(client=True, initial_values={SettingCodes.ENABLE_PUSH: 0})
    return connection


def _reason_of(cause: BaseException | None) -> str:
    if cause is None:
        return "ConnectionClosed"
    if isinstance(cause, ssl.SSLError) and cause.reason:
        return f"TLS {cause.reason}"
    return type(cause).__name__
