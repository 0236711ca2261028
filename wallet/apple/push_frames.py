"""Takes GOAWAY frames out of an HTTP/2 byte stream.

h2 closes its state machine at the first GOAWAY and then refuses the answers that the server still owes for the
streams it took (RFC 9113, 6.8). So GOAWAY is read here, and h2 sees the rest.
"""

from dataclasses import dataclass

_HEADER_BYTES = 9
_GOAWAY = 0x7
_GOAWAY_BYTES = 8
_STREAM_MASK = 0x7FFFFFFF
# Our SETTINGS allow frames of 16 KiB; a longer one is h2's to refuse.
_FRAME_LIMIT_BYTES = 1 << 14


@dataclass(frozen=True, slots=True)
class GoAway:
    """The server takes no streams above this one."""

    last_stream_id: int
    error_code: int
    detail: bytes


class GoAwayFilter:
    """Feed it what the socket gives; it keeps at most one unfinished frame."""

    def __init__(self) -> None:
        self._rest = b""
        self._is_open = True

    def feed(self, received: bytes) -> tuple[bytes, list[GoAway]]:
        """Whole frames to pass on, and the GOAWAYs found among them."""
        if not self._is_open:
            return received, []
        stream = self._rest + received
        passed: list[bytes] = []
        found: list[GoAway] = []
        start = at = 0
        while len(stream) - at >= _HEADER_BYTES:
            length = int.from_bytes(stream[at : at + 3], "big")
            if length > _FRAME_LIMIT_BYTES:
                self._is_open = False
                self._rest = b""
                return b"".join((*passed, stream[start:])), found
            end = at + _HEADER_BYTES + length
            if end > len(stream):
                break
            if stream[at + 3] == _GOAWAY and length >= _GOAWAY_BYTES:
                passed.append(stream[start:at])
                found.append(_read(stream[at + _HEADER_BYTES : end]))
                start = end
            at = end
        passed.append(stream[start:at])
        self._rest = stream[at:]
        return b"".join(passed), found


def _read(payload: bytes) -> GoAway:
    return GoAway(
        last_stream_id=int.from_bytes(payload[:4], "big") & _STREAM_MASK,
        error_code=int.from_bytes(payload[4:8], "big"),
        detail=payload[8:],
    )
