"""What devices ask about cards: by what name their state goes now, and since when it is so."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from offers.engine.card_look import last_turn, state_key
from offers.flows.find_design import find_design
from offers.flows.look_at_card import CardSight, targets_of
from offers.model.card import Card
from offers.model.clock import Clock
from offers.model.design import CardDesign
from offers.model.ids import ProgrammeId
from offers.model.layer import Layer
from offers.model.programme import Programme
from offers.store.store import Store

REMEMBERED = timedelta(days=2)
"""A layer that went off this long ago still tells when: phones ask about daily."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedState:
    """A card and the name of what it shows at an instant; `changed_at` is when it last began to show something else."""

    card: Card
    name: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class CardStates:
    """Resolved whenever asked, so that a layer for everybody changes every card without a write to one of them."""

    store: Store
    clock: Clock

    async def of_cards(self, cards: Sequence[Card]) -> list[NamedState]:
        """Name the states of a device's cards; a few questions for all of them together."""
        at, states = self.clock(), []
        for programme_id in dict.fromkeys(card.programme_id for card in cards):
            own = [card for card in cards if card.programme_id == programme_id]
            states += await self._of_programme(programme_id, own, at)
        return states

    async def of_sight(self, sight: CardSight) -> NamedState:
        """Name the state of a card that was looked at: what was read then is what is named."""
        (state,) = await self.of_cards([sight.card])
        at = self.clock()
        name = state_key(sight.programme, sight.design, sight.card, sight.layers, at=at)
        return NamedState(card=sight.card, name=name, changed_at=state.changed_at)

    async def known(self, state: NamedState) -> datetime | None:
        """Give the Last-Modified under which devices were given this very state; None when none was."""
        return await self.store.reading.fetches.stamp_of(state.card.id, state.name)

    async def stamp(self, state: NamedState) -> datetime:
        """Give the state's Last-Modified: its change's own time, but always later than that of any state before it.

        HTTP dates have whole seconds: two changes within one would otherwise be one for the phone.
        """
        changed_at = state.changed_at.replace(microsecond=0)
        return await self.store.reading.fetches.stamp(state.card.id, state.name, changed_at=changed_at)

    async def _of_programme(self, programme_id: ProgrammeId, cards: list[Card], at: datetime) -> list[NamedState]:
        reading = self.store.reading
        programme = await reading.programmes.get(programme_id)
        if programme is None:
            return []
        segments = await reading.members.segments_of([card.member_id for card in cards])
        targets = {card.id: targets_of(card, segments.get(card.member_id, ())) for card in cards}
        wanted = sorted({target for each in targets.values() for target in each})
        layers = await reading.layers.for_targets(programme_id, wanted, at=at - REMEMBERED)
        designs = {slug: await find_design(reading, programme, slug) for slug in {card.design for card in cards}}
        return [
            _state(programme, designs[card.design], card, [e for e in layers if e.target in targets[card.id]], at)
            for card in cards
        ]


def _state(programme: Programme, design: CardDesign, card: Card, layers: list[Layer], at: datetime) -> NamedState:
    changes = [card.last_modified, design.changed_at, last_turn(layers, design=design.slug, at=at)]
    return NamedState(
        card=card,
        name=state_key(programme, design, card, layers, at=at),
        changed_at=max(change for change in changes if change is not None),
    )
