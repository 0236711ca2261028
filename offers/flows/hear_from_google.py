"""Hear from Google that somebody saved a card or took it out of their wallet."""

from dataclasses import dataclass

from offers.engine.google_holding import after
from offers.flows.react_to_event import CARD_CHANGED
from offers.model.card import Card
from offers.model.clock import Clock
from offers.model.google_holding import GoogleHolding, GoogleNews, GoogleVerb
from offers.model.message import Lane, OutboxItem
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
            await work.outbox.put([self._refresh(card, news)])
        return True

    def _refresh(self, card: Card, news: GoogleNews) -> OutboxItem:
        """Ask for the newest state: while nobody held the card, it was not sent."""
        at = self.clock()
        return OutboxItem(
            key=f"google:{news.nonce}:{Lane.GOOGLE}",
            lane=Lane.GOOGLE,
            kind=CARD_CHANGED,
            programme_id=card.programme_id,
            member_id=card.member_id,
            payload={"card_id": card.id, "serial": card.serial, "version": card.version},
            created_at=at,
            due_at=at,
        )
