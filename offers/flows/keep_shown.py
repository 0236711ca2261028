"""Keep what wallets show: known before a telling, noted around it, cleared when a phone fetches."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from offers.flows.look_at_card import CardSight
from offers.model.clock import Clock
from offers.model.ids import CardId
from offers.model.shown import Shown, StaleTerms, Wallet, shown_id
from offers.store.store import Store


@dataclass(frozen=True, slots=True)
class KeepShown:
    """The memory of one wallet's channel. A card has one worker at a time, so its notes never cross."""

    store: Store
    clock: Clock
    wallet: Wallet
    terms: StaleTerms = StaleTerms()  # noqa: RUF009 -- frozen

    async def of(self, sights: Sequence[CardSight]) -> dict[CardId, Shown]:
        """Give what each card last showed; a card never shown before has shown nothing."""
        found = await self.store.reading.shown.find(self.wallet, [sight.card.id for sight in sights])
        return {sight.card.id: found.get(sight.card.id) or self._nothing(sight) for sight in sights}

    async def about_to_send(self, cards: Sequence[Shown]) -> None:
        """Note bodies before they leave: if no answer comes, the wallet may have them or not."""
        await self.store.reading.shown.note_sent(cards)

    async def told(self, cards: Sequence[Shown], *, answers: bool) -> None:
        """Note that the wallet took these; `answers` when a phone now owes a fetch."""
        at = self.clock()
        terms = self.terms if answers else None
        await self.store.reading.shown.note_told([replace(card, told_at=at) for card in cards], terms)

    async def refused(self, card: Shown, reason: str) -> None:
        await self.store.reading.shown.note_refused(card, reason, self.terms, at=self.clock())

    def _nothing(self, sight: CardSight) -> Shown:
        return Shown(
            id=shown_id(self.wallet, sight.card.id),
            card_id=sight.card.id,
            programme_id=sight.card.programme_id,
            member_id=sight.card.member_id,
            wallet=self.wallet,
        )
