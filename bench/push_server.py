"""The quickest server that still answers pushes as APNs does when all is well, so that its clients are the limit.

It reads frames by hand (RFC 9113) and unpacks headers only to echo `apns-id`; the stand-in of the sandbox, which checks
everything, takes three times as long for a push as a good client.
"""

import asyncio
import ssl
from multiprocessing.connection import Connection
from typing import cast

import hpack

from certs.dev import DevIdentities

_PREFACE_BYTES = 24
_HEADER_BYTES = 9
_DATA, _HEADERS, _SETTINGS, _PING = 0, 1, 4, 6
_ACK = _END_STREAM = 0x1
_END_HEADERS = 0x4
_MAX_STREAMS, _WINDOW = 3, 4
_OK = b"\x88"  # `:status: 200`, an entry of the static table (RFC 7541, appendix A)
_LITERAL = b"\x00\x07apns-id"


def frame(kind: int, flags: int, stream_id: int, payload: bytes = b"") -> bytes:
    return len(payload).to_bytes(3, "big") + bytes((kind, flags)) + stream_id.to_bytes(4, "big") + payload


SETTINGS = frame(
    _SETTINGS, 0, 0, _MAX_STREAMS.to_bytes(2, "big") + (1_000).to_bytes(4, "big")
    + _WINDOW.to_bytes(2, "big") + (1 << 20).to_bytes(4, "big"),
)  # fmt: skip
WIDE_OPEN = frame(8, 0, 0, (1 << 30).to_bytes(4, "big"))


class LeanConnection(asyncio.Protocol):
    """One client; what it sends while a push is on its way is answered in one write."""

    def __init__(self) -> None:
        self._decoder = hpack.Decoder()
        self._rest = b""
        self._skip = _PREFACE_BYTES
        self._asked: dict[int, bytes] = {}
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(SETTINGS + WIDE_OPEN)

    def data_received(self, data: bytes) -> None:
        stream = self._rest + data
        at, self._skip = min(self._skip, len(stream)), max(0, self._skip - len(stream))
        answers: list[bytes] = []
        while len(stream) - at >= _HEADER_BYTES:
            end = at + _HEADER_BYTES + int.from_bytes(stream[at : at + 3], "big")
            if end > len(stream):
                break
            stream_id = int.from_bytes(stream[at + 5 : at + 9], "big")
            answers.append(self._answer(stream[at + 3], stream[at + 4], stream_id, stream[at + _HEADER_BYTES : end]))
            at = end
        self._rest = stream[at:]
        assert self._transport is not None
        self._transport.write(b"".join(answers))

    def _answer(self, kind: int, flags: int, stream_id: int, payload: bytes) -> bytes:
        if kind == _HEADERS:
            told = dict(self._decoder.decode(payload, raw=True))
            self._asked[stream_id] = told.get(b"apns-id", b"")
        if kind in {_HEADERS, _DATA} and flags & _END_STREAM:
            apns_id = self._asked.pop(stream_id)
            block = _OK + _LITERAL + bytes((len(apns_id),)) + apns_id
            return frame(_HEADERS, _END_HEADERS | _END_STREAM, stream_id, block)
        if kind in {_SETTINGS, _PING} and not flags & _ACK:
            return frame(kind, _ACK, 0, payload if kind == _PING else b"")
        return b""


def serve(identities: DevIdentities, pipe: Connection) -> None:
    """Serve until the pipe says something; begins by telling its address through it."""
    import uvloop  # noqa: PLC0415 -- not on every system

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(identities, pipe))


async def _serve(identities: DevIdentities, pipe: Connection) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(identities.server_certificate_path, identities.server_key_path)
    context.set_alpn_protocols(["h2"])
    server = await asyncio.get_running_loop().create_server(LeanConnection, "127.0.0.1", 0, ssl=context)
    async with server:
        port = server.sockets[0].getsockname()[1]
        pipe.send(f"https://localhost:{port}")
        await asyncio.to_thread(pipe.recv)
