"""Pictures by content: a banner, a logo or an icon under its SHA-256."""

from collections.abc import Sequence
from typing import Any

from offers.store.repository import Repository


class Images(Repository):
    async def keep(self, digest: str, content: bytes, *, media_type: str, size: tuple[int, int] | None = None) -> None:
        """Keep a picture; `size` is its width and height in pixels."""
        kept: dict[str, Any] = {"content": content, "media_type": media_type}
        if size is not None:
            kept |= {"width": size[0], "height": size[1]}
        await self._database["images"].update_one(
            {"_id": digest}, {"$setOnInsert": kept}, upsert=True, session=self._session
        )

    async def is_kept(self, digest: str) -> bool:
        found = await self._database["images"].find_one({"_id": digest}, {"_id": 1}, session=self._session)
        return found is not None

    async def find(self, digest: str) -> tuple[bytes, str] | None:
        """Give the bytes and the media type."""
        document = await self._database["images"].find_one({"_id": digest}, session=self._session)
        return (bytes(document["content"]), str(document["media_type"])) if document else None

    async def sizes(self, digests: Sequence[str]) -> dict[str, tuple[int, int]]:
        """Give width and height of the pictures that are kept, by digest."""
        query = {"_id": {"$in": list(digests)}, "width": {"$exists": True}}
        cursor = self._database["images"].find(query, {"width": 1, "height": 1}, session=self._session)
        return {each["_id"]: (int(each["width"]), int(each["height"])) async for each in cursor}
