"""Look at the designs of a programme and at the layers over them."""

from dataclasses import dataclass

from offers.flows.find_design import find_design
from offers.flows.put_layer import find_layer
from offers.model.clock import Clock
from offers.model.design import MAIN_DESIGN, CardDesign
from offers.model.design_errors import UnknownDesign
from offers.model.layer import Layer, LayerId
from offers.model.programme import Programme
from offers.store.store import Store


@dataclass(frozen=True, slots=True)
class LookAtDesigns:
    """Reads only. The main design is there even before anybody changed it."""

    store: Store
    clock: Clock

    async def every(self, programme: Programme) -> list[CardDesign]:
        """Give all designs by their slugs, the main one first while nobody has changed it."""
        kept = await self.store.reading.designs.of_programme(programme.id)
        if any(design.slug == MAIN_DESIGN for design in kept):
            return kept
        return [await find_design(self.store.reading, programme), *kept]

    async def one(self, programme: Programme, slug: str) -> CardDesign:
        """Raises UnknownDesign."""
        design = await self.store.reading.designs.get(programme.id, slug)
        if design is None and slug != MAIN_DESIGN:
            raise UnknownDesign(design=slug)
        return design or await find_design(self.store.reading, programme)

    async def layers(self, programme: Programme, *, limit: int) -> list[Layer]:
        """Give the layers that are on or planned, the earliest first."""
        return await self.store.reading.layers.of_programme(programme.id, at=self.clock(), limit=limit)

    async def layer(self, programme: Programme, layer_id: LayerId) -> Layer:
        """Raises UnknownLayer."""
        return await find_layer(self.store.reading, programme, layer_id)
