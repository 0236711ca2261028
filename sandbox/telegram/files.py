"""Files that went through the chats: photos made smaller as Telegram does, documents as they are."""

import secrets
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

from PIL import Image, UnidentifiedImageError

from sandbox.telegram.errors import bad_request

PHOTO_LIMIT_BYTES: Final = 10 * 1024 * 1024
DOCUMENT_LIMIT_BYTES: Final = 50 * 1024 * 1024
DOWNLOAD_LIMIT_BYTES: Final = 20 * 1024 * 1024
SIDES_LIMIT_PX: Final = 10_000  # width and height together
LARGEST_SIDE_PX: Final = 1280
SMALLEST_SIDE_PX: Final = 90
JPEG_QUALITY: Final = 87


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    file_id: str
    unique_id: str
    path: str
    content: bytes

    def to_api(self) -> dict[str, Any]:
        return {"file_id": self.file_id, "file_unique_id": self.unique_id, "file_size": len(self.content)}


class Files:
    """Everything uploaded or sent, for as long as the stand-in runs."""

    def __init__(self) -> None:
        self._by_id: dict[str, StoredFile] = {}
        self._by_path: dict[str, StoredFile] = {}

    def find(self, file_id: str) -> StoredFile:
        if file_id not in self._by_id:
            raise bad_request("wrong file identifier/HTTP URL specified")
        return self._by_id[file_id]

    def at(self, path: str) -> StoredFile | None:
        return self._by_path.get(path)

    def keep_photo(self, content: bytes) -> list[dict[str, Any]]:
        """Keep a picture in two sizes, re-encoded to JPEG, and return PhotoSizes, the largest last."""
        if len(content) > PHOTO_LIMIT_BYTES:
            raise bad_request("file is too big")
        try:
            picture = Image.open(BytesIO(content))
            if sum(picture.size) > SIDES_LIMIT_PX:
                raise bad_request("PHOTO_INVALID_DIMENSIONS")
            flat = picture.convert("RGB")
        except (UnidentifiedImageError, OSError, Image.DecompressionBombError):
            raise bad_request("IMAGE_PROCESS_FAILED") from None
        return [self._keep_size(flat, side) for side in (SMALLEST_SIDE_PX, LARGEST_SIDE_PX)]

    def keep_document(self, content: bytes, name: str) -> dict[str, Any]:
        if not content:
            raise bad_request("file must be non-empty")
        if len(content) > DOCUMENT_LIMIT_BYTES:
            raise bad_request("file is too big")
        return {**self._keep(content, f"documents/file_{len(self._by_id)}").to_api(), "file_name": name}

    def _keep_size(self, picture: Image.Image, side_px: int) -> dict[str, Any]:
        small = picture.copy()
        small.thumbnail((side_px, side_px))
        encoded = BytesIO()
        small.save(encoded, "JPEG", quality=JPEG_QUALITY)
        kept = self._keep(encoded.getvalue(), f"photos/file_{len(self._by_id)}.jpg")
        return {**kept.to_api(), "width": small.width, "height": small.height}

    def _keep(self, content: bytes, path: str) -> StoredFile:
        kept = StoredFile(
            file_id=secrets.token_urlsafe(24), unique_id=secrets.token_urlsafe(8), path=path, content=content
        )
        self._by_id[kept.file_id] = self._by_path[path] = kept
        return kept
