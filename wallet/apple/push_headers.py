"""The headers of pushes: alike but for the token, so that they are packed once and not for every push (RFC 7541)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from h2.connection import H2Connection
from hpack import Encoder, HeaderTuple, NeverIndexedHeaderTuple
from hpack.hpack import encode_integer

_PATH = b":path"
# A literal that no table keeps, named by entry 4 of the static table (RFC 7541, 6.2.3 and appendix A).
_NEVER_INDEXED_PATH = 0x14
_LENGTH_BITS = 7
_SWEEP_EVERY = 64

Headers = list[HeaderTuple]


class PushHeaders:
    """Gives the headers of a push to a token of a topic; what is alike is made once a minute.

    The expiry is told in whole minutes, rounded up: one that differed each second would push the others out of the
    connection's compression table.
    """

    def __init__(self, authority: str, *, push_type: str, priority: int, lifetime: timedelta) -> None:
        self._lifetime = lifetime
        self._before = [
            HeaderTuple(b":method", b"POST"),
            HeaderTuple(b":scheme", b"https"),
            HeaderTuple(b":authority", authority.encode()),
        ]
        self._always = [HeaderTuple(b"apns-priority", b"%d" % priority)]
        if push_type:  # neither type nor priority is documented for passes: an empty type sends none
            self._always.append(HeaderTuple(b"apns-push-type", push_type.encode()))
        self._after: tuple[str, int, Headers] = ("", 0, [])

    def of(self, token: str, *, topic: str, at: datetime) -> Headers:
        expires_min = -(-int((at + self._lifetime).timestamp()) // 60)
        if self._after[:2] != (topic, expires_min):
            expiry = HeaderTuple(b"apns-expiration", b"%d" % (expires_min * 60))
            self._after = (topic, expires_min, [HeaderTuple(b"apns-topic", topic.encode()), expiry, *self._always])
        # Kept out of the compression table: a path is used once, and would push the others out.
        return [*self._before, NeverIndexedHeaderTuple(_PATH, b"/3/device/" + token.encode()), *self._after[2]]


class PushEncoder(Encoder):
    """Packs headers as its parent does, and remembers how the last ones came out when nothing but the path changes.

    What came out as one byte each is held by the tables of both sides and changes neither: it may be sent again until
    something else is packed.
    """

    def __init__(self) -> None:
        super().__init__()
        self._alike: list[Any] = []
        self._packed = (b"", b"")

    @property
    def header_table_size(self) -> int:
        """What the other side lets us keep. Said twice, its parent would forget to answer it."""
        return int(self.header_table.maxsize)

    @header_table_size.setter
    def header_table_size(self, value: int) -> None:
        if value != self.header_table.maxsize:
            self.header_table.maxsize = value
            self.table_size_changes.append(value)

    def encode(self, headers: Iterable[Any], huffman: bool = True) -> bytes:  # noqa: FBT001, FBT002 -- the parent's
        told = list(headers)
        place = next((at for at, header in enumerate(told) if header[0] == _PATH), None)
        if place is None:
            self._alike = []
            return super().encode(told, huffman)
        path = told.pop(place)[1]
        if told != self._alike or self.header_table.resized:
            before, after = super().encode(told[:place], huffman), super().encode(told[place:], huffman)
            is_held = len(before) + len(after) == len(told)
            self._alike, self._packed = (told if is_held else []), (before, after)
        before, after = self._packed
        length = bytes(encode_integer(len(path), _LENGTH_BITS))
        return b"".join((before, bytes((_NEVER_INDEXED_PATH,)), length, path, after))


class PushH2(H2Connection):
    """An h2 that does not count all open streams for each new one: `Places` keeps to the server's limit.

    h2 forgets closed streams as it counts, so it counts now and then all the same.
    """

    def __init__(self, config: Any) -> None:
        super().__init__(config)
        self.encoder = PushEncoder()
        self._opened = 0

    @property
    def open_outbound_streams(self) -> int:
        self._opened += 1
        return 0 if self._opened % _SWEEP_EVERY else super().open_outbound_streams
