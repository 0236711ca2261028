"""Find a kept picture by its digest."""

from dataclasses import dataclass

from offers.store.store import Store


@dataclass(frozen=True, slots=True)
class FindPicture:
    store: Store

    async def __call__(self, digest: str) -> bytes | None:
        found = await self.store.reading.images.find(digest)
        return found[0] if found else None
