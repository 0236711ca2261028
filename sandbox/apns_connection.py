"""The server's side of one APNs connection."""

import asyncio
import contextlib
import json
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

from cryptography import x509
from cryptography.x509.oid import NameOID
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import DataReceived, Event, RequestReceived, StreamEnded, StreamReset
from h2.exceptions import H2Error
from h2.settings import SettingCodes, Settings
from hyperframe.frame import GoAwayFrame

from sandbox.apns_rules import PAYLOAD_LIMIT_BYTES, PushRequest


@dataclass(slots=True)
class _Incoming:
    """A request while it comes in; a payload beyond the limit is not kept."""

    headers: list[tuple[str, str]]
    payload: bytearray = field(default_factory=bytearray)


class ApnsConnection(asyncio.Protocol):
    """Reads requests and hands them to `on_request(connection, stream_id, request)`, which answers when it likes."""

    def __init__(
        self,
        number: int,
        streams: int,
        on_request: Callable[["ApnsConnection", int, PushRequest], None],
        on_end: Callable[["ApnsConnection"], None],
    ) -> None:
        self.number = number
        self.topic = ""
        self.streams_peak = 0
        self.requests = 0
        self.is_deaf = False  # set it to hear nothing more, as when a network swallows every packet
        self._on_request = on_request
        self._on_end = on_end
        self._incoming: dict[int, _Incoming] = {}
        self._unanswered: set[int] = set()
        self._last_stream_id = 0
        self._goaway_at: int | None = None
        self._transport: asyncio.Transport | None = None
        self._has_flush_planned = False
        self._h2 = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
        self._h2.local_settings = Settings(client=False, initial_values={SettingCodes.MAX_CONCURRENT_STREAMS: streams})

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's transports are no subclasses
        tls: ssl.SSLObject = transport.get_extra_info("ssl_object")
        certificate = x509.load_der_x509_certificate(tls.getpeercert(binary_form=True) or b"")
        names = certificate.subject.get_attributes_for_oid(NameOID.USER_ID)
        self.topic = str(names[0].value) if names else ""
        self._h2.initiate_connection()
        self._flush()

    def data_received(self, data: bytes) -> None:
        if self.is_deaf:
            return
        try:
            for event in self._h2.receive_data(data):
                self._see(event)
        except H2Error:
            self.drop()
            return
        self._flush_soon()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 -- asyncio's signature
        self._on_end(self)

    def _see(self, event: Event) -> None:
        match event:
            case RequestReceived():
                self._begin(event)
            case DataReceived():
                self._h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                if incoming := self._incoming.get(event.stream_id):
                    incoming.payload += event.data[: PAYLOAD_LIMIT_BYTES + 1 - len(incoming.payload)]
            case StreamEnded():
                self._finish(event.stream_id)
            case StreamReset():
                self._incoming.pop(event.stream_id, None)
                self._unanswered.discard(event.stream_id)

    def _begin(self, event: RequestReceived) -> None:
        if self._goaway_at is not None and event.stream_id > self._goaway_at:
            return  # said goodbye before it came: the client repeats it elsewhere
        self._last_stream_id = event.stream_id
        self._incoming[event.stream_id] = _Incoming([(str(name), str(value)) for name, value in event.headers])
        self._unanswered.add(event.stream_id)
        self.streams_peak = max(self.streams_peak, len(self._unanswered))

    def _finish(self, stream_id: int) -> None:
        incoming = self._incoming.pop(stream_id, None)
        if incoming is None:
            return
        self.requests += 1
        pseudo = dict(incoming.headers)
        request = PushRequest(
            method=pseudo.get(":method", ""),
            path=pseudo.get(":path", ""),
            headers=[pair for pair in incoming.headers if not pair[0].startswith(":")],
            payload=bytes(incoming.payload),
        )
        self._on_request(self, stream_id, request)

    def answer(self, stream_id: int, status: int, headers: dict[str, str], document: object | None) -> None:
        """Answer a request; nothing happens when its stream or the connection is gone."""
        if stream_id not in self._unanswered or not self.is_open:
            return
        self._unanswered.discard(stream_id)
        fields = [(":status", str(status)), *headers.items()]
        with contextlib.suppress(H2Error):
            self._h2.send_headers(stream_id, fields, end_stream=document is None)
            if document is not None:
                self._h2.send_data(stream_id, json.dumps(document).encode(), end_stream=True)
        self._flush_soon()

    def refuse(self, stream_id: int) -> None:
        """Reset a stream as one that was not looked at."""
        self._unanswered.discard(stream_id)
        with contextlib.suppress(H2Error):
            self._h2.reset_stream(stream_id, ErrorCodes.REFUSED_STREAM)
        self._flush_soon()

    def goaway(self, *, reason: str, last_stream_id: int | None = None) -> None:
        """Announce the end; streams up to the last one are still answered.

        Written past h2, which would refuse to answer anything after its own GOAWAY.
        """
        self._goaway_at = self._last_stream_id if last_stream_id is None else last_stream_id
        frame = GoAwayFrame(
            stream_id=0,
            last_stream_id=self._goaway_at,
            error_code=0,
            additional_data=json.dumps({"reason": reason}).encode(),
        )
        self._flush()
        if self._transport is not None and self.is_open:
            self._transport.write(frame.serialize())

    def shrink(self, streams: int) -> None:
        """Allow fewer streams at once from now on."""
        self._h2.update_settings({SettingCodes.MAX_CONCURRENT_STREAMS: streams})
        self._flush_soon()

    def drop(self) -> None:
        """Close the socket without a word."""
        if self._transport is not None:
            self._transport.abort()

    @property
    def streams_open(self) -> int:
        """Requests that were neither answered nor taken back by the client."""
        return len(self._unanswered)

    @property
    def is_open(self) -> bool:
        return self._transport is not None and not self._transport.is_closing()

    def _flush_soon(self) -> None:
        if not self._has_flush_planned:
            self._has_flush_planned = True
            asyncio.get_running_loop().call_soon(self._flush)

    def _flush(self) -> None:
        self._has_flush_planned = False
        if self._transport is not None and self.is_open and (outgoing := self._h2.data_to_send()):
            self._transport.write(outgoing)
