"""Pictures by content: a banner, a logo or an icon under its SHA-256."""

from offers.store.repository import Repository


class Images(Repository):
    async def keep(self, digest: str, content: bytes, *, media_type: str) -> None:
        await self._database["images"].update_one(
            {"_id": digest},
            {"$setOnInsert": {"content": content, "media_type": media_type}},
            upsert=True,
            session=self._session,
        )

    async def is_kept(self, digest: str) -> bool:
        found = await self._database["images"].find_one({"_id": digest}, {"_id": 1}, session=self._session)
        return found is not None

    async def find(self, digest: str) -> tuple[bytes, str] | None:
        """Give the bytes and the media type."""
        document = await self._database["images"].find_one({"_id": digest}, session=self._session)
        return (bytes(document["content"]), str(document["media_type"])) if document else None
