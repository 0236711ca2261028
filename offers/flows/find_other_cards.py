"""Find the other cards of a member: those that work, and what they are called."""

from dataclasses import dataclass

from offers.flows.find_design import find_design
from offers.model.card import Card, CardState
from offers.model.design import CardDesign
from offers.model.programme import Programme
from offers.store.store import Store

SHOWN = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherCard:
    card: Card
    design: CardDesign


@dataclass(frozen=True, slots=True)
class FindOtherCards:
    """Reads only: the newest twelve at most, oldest first, each with the design it is drawn from."""

    store: Store

    async def __call__(self, programme: Programme, card: Card) -> list[OtherCard]:
        every = await self.store.reading.cards.all_of_member(card.member_id)
        others = [each for each in every if each.state is CardState.ACTIVE and each.id != card.id][-SHOWN:]
        designs = {slug: await find_design(self.store.reading, programme, slug) for slug in {e.design for e in others}}
        return [OtherCard(card=each, design=designs[each.design]) for each in others]
