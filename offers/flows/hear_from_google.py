"""Hear from Google that somebody saved a card or took it out of their wallet."""

from dataclasses import dataclass

from offers.engine.google_holding import after
from offers.flows.card_updates import update_item
from offers.model.clock import Clock
from offers.model.google_holding import GoogleHolding, GoogleNews, GoogleVerb
from offers.model.message import Priority
from offers.model.shown import Wallet
from offers.store.store import Store
from offers.store.work import Work


@dataclass(frozen=True, slots=True)
class HearFromGoogle:
    """Google tells at least once, we count once. A card that nobody holds is not sent to Google any more."""

    store: Store
    clock: Clock

    async def __call__(self, news: GoogleNews) -> bool:
        """Take one verified report; False when it was heard before or speaks of no card of ours."""
        return await self.store.transact(lambda work: self._hear(work, news))

    async def _hear(self, work: Work, news: GoogleNews) -> bool:
        if not await work.google_news.keep(news):
            return False
        card = await work.cards.by_serial(news.object_suffix)
        if card is None:
            return False
        holding = after(card.google or GoogleHolding(), news, at=self.clock())
        await work.cards.hold_at_google(card.id, holding)
        if news.verb is GoogleVerb.SAVED and not card.google_saved:
            # While nobody held the card it was not sent: the newest state is owed, whatever was shown before.
            at = self.clock()
            item = update_item(
                card, Wallet.GOOGLE, priority=Priority.BANNER, interval_s=0.0, at=at, due_at=at, again=True
            )
            await work.outbox.refresh(item)
        return True
