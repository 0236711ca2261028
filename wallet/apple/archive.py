"""Stored zip archives, flat and the same bytes every time (APPNOTE.TXT 6.3.10, sections 4.3.7 to 4.3.16).

`zipfile` spends more time on a small archive than the signature in it costs; here unchanged files keep their
ready records, so a pass is a few joins.
"""

import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

ARCHIVE_LIMIT_BYTES = 150 * 1024 * 1024
ENTRY_LIMIT = 200

# 1980-01-01 00:00, the first instant that zip knows: the same content makes the same archive.
_DOS_TIME = 0
_DOS_DATE = (1 << 5) | 1
_VERSION = 20
_UNIX = 3 << 8
_PLAIN_FILE_MODE = 0o100644 << 16
_UTF8_NAMES = 0x800

_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_CENTRAL = struct.Struct("<4sHHHHHHIIIHHHHHII")
_END = struct.Struct("<4sHHHHIIH")


class ArchiveTooLarge(ValueError):
    """More files or bytes than a phone takes."""

    def __init__(self, *, limit: int, found: int) -> None:
        super().__init__(f"an archive of {found}, the limit is {limit}")
        self.limit = limit
        self.found = found


@dataclass(frozen=True, slots=True)
class Entry:
    """One stored file with its records ready; only its place in the archive is still open."""

    name: str
    local: bytes
    crc: int
    size: int

    @classmethod
    def of(cls, name: str, payload: bytes) -> "Entry":
        encoded = name.encode()
        crc, size = zlib.crc32(payload), len(payload)
        head = _LOCAL.pack(
            b"PK\x03\x04",
            _VERSION,
            _UTF8_NAMES,
            0,
            _DOS_TIME,
            _DOS_DATE,
            crc,
            size,
            size,
            len(encoded),
            0,
        )
        return cls(name, head + encoded + payload, crc, size)

    def central_at(self, offset: int) -> bytes:
        """The record in the directory at the archive's end."""
        encoded = self.name.encode()
        head = _CENTRAL.pack(
            b"PK\x01\x02",
            _VERSION | _UNIX,
            _VERSION,
            _UTF8_NAMES,
            0,
            _DOS_TIME,
            _DOS_DATE,
            self.crc,
            self.size,
            self.size,
            len(encoded),
            0,
            0,
            0,
            0,
            _PLAIN_FILE_MODE,
            offset,
        )
        return head + encoded


@dataclass(frozen=True, slots=True)
class Block:
    """Entries laid one after another from the archive's start: bytes, directory and count."""

    local: bytes = b""
    central: bytes = b""
    count: int = 0

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> "Block":
        locals_, centrals = _lay(entries, 0)
        return cls(b"".join(locals_), b"".join(centrals), len(locals_))

    def finish(self, entries: Iterable[Entry] = ()) -> bytes:
        """The whole archive, with more entries behind the block; the block's bytes are copied once.

        Raises ArchiveTooLarge beyond the limits.
        """
        locals_, centrals = _lay(entries, len(self.local))
        count = self.count + len(locals_)
        local_bytes = len(self.local) + sum(map(len, locals_))
        central_bytes = len(self.central) + sum(map(len, centrals))
        if count > ENTRY_LIMIT:
            raise ArchiveTooLarge(limit=ENTRY_LIMIT, found=count)
        if local_bytes > ARCHIVE_LIMIT_BYTES:
            raise ArchiveTooLarge(limit=ARCHIVE_LIMIT_BYTES, found=local_bytes)
        end = _END.pack(b"PK\x05\x06", 0, 0, count, count, central_bytes, local_bytes, 0)
        return b"".join((self.local, *locals_, self.central, *centrals, end))


def _lay(entries: Iterable[Entry], offset: int) -> tuple[list[bytes], list[bytes]]:
    """The records of the entries from this place on, and their lines of the directory."""
    locals_: list[bytes] = []
    centrals: list[bytes] = []
    for entry in entries:
        locals_.append(entry.local)
        centrals.append(entry.central_at(offset))
        offset += len(entry.local)
    return locals_, centrals
