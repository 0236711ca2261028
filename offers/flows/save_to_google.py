"""Note that Google holds a card, so that every later change is sent there."""

from dataclasses import dataclass

from offers.model.google_holding import DIRECT
from offers.model.ids import CardId
from offers.store.store import Store


@dataclass(frozen=True, slots=True)
class SaveToGoogle:
    """Saying it twice changes nothing."""

    store: Store

    async def __call__(self, card_id: CardId, *, source: str = DIRECT) -> None:
        """`source` is where the link was opened: a short word such as `bot` or `mail`."""
        await self.store.reading.cards.save_to_google(card_id, source=source)
