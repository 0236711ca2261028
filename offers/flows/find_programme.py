"""Find the programme a public address names."""

from dataclasses import dataclass

from offers.model.errors import UnknownProgramme
from offers.model.programme import Programme
from offers.store.store import Store


@dataclass(frozen=True, slots=True)
class FindProgramme:
    store: Store

    async def __call__(self, slug: str) -> Programme:
        """Raises UnknownProgramme."""
        programme = await self.store.reading.programmes.by_slug(slug)
        if programme is None:
            raise UnknownProgramme(slug=slug)
        return programme
