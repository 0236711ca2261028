"""Find a design, and how it looks now: what pages, wallets and the bot draw from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from offers.engine.card_look import CardLook, look_of
from offers.engine.starter_designs import starter_design
from offers.model.clock import Clock
from offers.model.design import MAIN_DESIGN, CardDesign
from offers.model.layer import Layer
from offers.model.programme import Programme
from offers.store.store import Store
from offers.store.work import Work

EVERYBODY = "everybody"


async def find_design(work: Work, programme: Programme, slug: str = MAIN_DESIGN) -> CardDesign:
    """Give the design as kept; a programme that never kept one has the starter of its kind in the usual colours."""
    kept = await work.designs.get(programme.id, slug)
    return kept or starter_design(programme.id, slug=slug)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommonLook:
    """What all cards of a design share now: the layers for everybody over the design, and nobody's own."""

    design: CardDesign
    layers: tuple[Layer, ...]
    look: CardLook


@dataclass(frozen=True, slots=True)
class FindDesign:
    """Reads only; a look is resolved at the instant it is asked for."""

    store: Store
    clock: Clock

    async def __call__(self, programme: Programme, slug: str = MAIN_DESIGN) -> CommonLook:
        return await self.at(programme, slug, at=self.clock())

    async def at(self, programme: Programme, slug: str, *, at: datetime) -> CommonLook:
        """Give the look as of an instant, by what is known of it now."""
        reading = self.store.reading
        design = await find_design(reading, programme, slug)
        layers: Sequence[Layer] = await reading.layers.for_targets(programme.id, [EVERYBODY], at=at)
        return CommonLook(design=design, layers=tuple(layers), look=look_of(design, layers, at=at))
