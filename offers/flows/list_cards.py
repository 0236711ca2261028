"""List a member's cards, and the wallets that hold them."""

from collections.abc import Collection
from dataclasses import dataclass

from offers.flows.block_card import find_card
from offers.flows.card_updates import wallets_of
from offers.model.card import Card
from offers.model.errors import UnknownMember
from offers.model.ids import CardId, MemberId
from offers.model.programme import Programme
from offers.model.shown import Wallet
from offers.store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedCard:
    card: Card
    wallets: Collection[Wallet]


@dataclass(frozen=True, slots=True)
class ListCards:
    """Give cards whatever their state. Raises UnknownMember, UnknownCard."""

    store: Store

    async def __call__(self, programme: Programme, member_id: MemberId) -> list[ListedCard]:
        """Give all cards of a member, newest first."""
        member = await self.store.reading.members.get(member_id)
        if member is None or member.programme_id != programme.id:
            raise UnknownMember
        cards = await self.store.reading.cards.all_of_member(member.id)
        newest_first = sorted(cards, key=lambda card: (card.issued_at, card.code_generation), reverse=True)
        return [await self._listed(card) for card in newest_first]

    async def one(self, programme: Programme, card_id: CardId) -> ListedCard:
        return await self._listed(await find_card(self.store.reading, programme.id, card_id))

    async def _listed(self, card: Card) -> ListedCard:
        return ListedCard(card=card, wallets=await wallets_of(self.store.reading, card))
