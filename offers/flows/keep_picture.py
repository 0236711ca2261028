"""Keep a picture by its content: the same picture twice is one."""

import struct
from dataclasses import dataclass

from offers.model.errors import NotAnImage
from offers.store.store import Store

PNG_HEAD = b"\x89PNG\r\n\x1a\n"
_SIZE = struct.Struct(">II")
_SIZE_AT = 16
MEDIA_TYPE = "image/png"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPicture:
    """`digest` is the SHA-256 of the kept bytes, sizes are pixels."""

    digest: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class KeepPicture:
    """Takes what a door re-encoded as PNG. Raises NotAnImage for anything else."""

    store: Store

    async def __call__(self, digest: str, payload: bytes) -> KeptPicture:
        width, height = png_size(payload)
        await self.store.reading.images.keep(digest, payload, media_type=MEDIA_TYPE, size=(width, height))
        return KeptPicture(digest=digest, width=width, height=height)


def png_size(payload: bytes) -> tuple[int, int]:
    """Read width and height from a PNG's first chunk (RFC 2083, 4.1.1)."""
    if not payload.startswith(PNG_HEAD) or len(payload) < _SIZE_AT + _SIZE.size:
        raise NotAnImage
    width, height = _SIZE.unpack_from(payload, _SIZE_AT)
    return int(width), int(height)
