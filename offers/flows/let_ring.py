"""Let an update or a message ring on a phone, within what its wallet allows per card and day."""

from dataclasses import dataclass
from datetime import timedelta

from offers.model.clock import Clock
from offers.model.ids import CardId
from offers.model.notice import NoticeKind, NoticeTerms
from offers.model.shown import Wallet, shown_id
from offers.store.store import Store


@dataclass(frozen=True, slots=True)
class LetRing:
    """Whatever rings is counted here, field updates and messages together, before it is sent."""

    store: Store
    clock: Clock
    terms: NoticeTerms = NoticeTerms()  # noqa: RUF009 -- frozen

    async def __call__(self, wallet: Wallet, card_id: CardId, *, key: str, kind: NoticeKind) -> bool:
        """Say whether `key` may ring. Asked twice for the same key it answers the same and counts once."""
        return await self.store.reading.notices.take(
            shown_id(wallet, card_id), key, limit=self.terms.limit(kind), terms=self.terms, at=self.clock()
        )

    async def wallet_said_no(self, wallet: Wallet, card_id: CardId) -> None:
        """Note that the wallet counted more than we did: nothing rings there for as long as its count may last."""
        at = self.clock()
        until = at + timedelta(seconds=self.terms.within_s)
        await self.store.reading.notices.shut(shown_id(wallet, card_id), until=until, at=at)
