"""Look at the cards that were told and never answered, and tell them once more when it is time."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from offers.flows.card_updates import update_item, wallets_of
from offers.model.clock import Clock
from offers.model.ids import ProgrammeId
from offers.model.message import Priority
from offers.model.shown import MAX_HEALS, Shown, StaleTerms, Wallet
from offers.store.store import Store
from offers.store.work import Work

HEALED_AT_ONCE = 200
"""Cards told again in one round: what fell silent together does not come back together."""


@dataclass(frozen=True, slots=True)
class LookAtStale:
    store: Store
    clock: Clock
    terms: StaleTerms

    async def page(self, programme_id: ProgrammeId, *, after: tuple[datetime, str] | None, limit: int) -> list[Shown]:
        """Give cards that have been owed an answer for too long, the longest first."""
        return await self.store.reading.shown.stale(programme_id, owed_before=self._before(), after=after, limit=limit)

    async def count(self, programme_id: ProgrammeId) -> dict[Wallet, int]:
        return await self.store.reading.shown.count_stale(programme_id, owed_before=self._before())

    def _before(self) -> datetime:
        return self.clock() - timedelta(seconds=self.terms.after_s)


@dataclass(frozen=True, slots=True)
class HealStale:
    """Tells a silent card once more when it is stale, and a last time a day later; then only a report names it."""

    store: Store
    clock: Clock
    terms: StaleTerms = StaleTerms()  # noqa: RUF009 -- frozen

    async def __call__(self) -> int:
        """Tell those that are due; give how many. Each is told once per turn, however many processes look."""
        due = await self.store.reading.shown.due_for_healing(at=self.clock(), limit=HEALED_AT_ONCE)
        healed = 0
        for card in due:
            healed += await self.store.transact(lambda work, card=card: self._heal(work, card))  # type: ignore[misc] # the card is bound at once
        return healed

    async def _heal(self, work: Work, shown: Shown) -> bool:
        at = self.clock()
        is_last = shown.heals + 1 >= MAX_HEALS
        next_at = None if is_last else at + timedelta(seconds=self.terms.again_after_s)
        if not await work.shown.heal(shown, next_at=next_at):
            return False
        card = await work.cards.get(shown.card_id)
        if card is None or shown.wallet not in await wallets_of(work, card):
            await work.shown.forget(shown.wallet, shown.card_id)
            return False
        item = update_item(card, shown.wallet, priority=Priority.BULK, interval_s=0.0, at=at, due_at=at, again=True)
        await work.outbox.refresh(replace(item, member_id=card.member_id))
        return True
