"""Find what the cards of a programme share now, design by design."""

from dataclasses import dataclass

from offers.flows.find_design import CommonLook, FindDesign
from offers.model.clock import Clock
from offers.model.design import MAIN_DESIGN
from offers.model.ids import ProgrammeId
from offers.model.programme import Programme
from offers.store.store import Store


@dataclass(frozen=True, slots=True)
class FindCommonLooks:
    store: Store
    clock: Clock

    async def __call__(self, programme_id: ProgrammeId, design: str) -> list[tuple[Programme, CommonLook]]:
        """Give the look of one design, or of all of them for an empty `design`; nothing of an unknown programme."""
        programme = await self.store.reading.programmes.get(programme_id)
        if programme is None:
            return []
        kept = await self.store.reading.designs.of_programme(programme_id)
        slugs = {design} if design else {MAIN_DESIGN, *(each.slug for each in kept)}
        find = FindDesign(self.store, self.clock)
        return [(programme, await find(programme, slug)) for slug in sorted(slugs)]
