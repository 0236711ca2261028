"""Open or close the Telegram channel of a member, as Telegram says it is."""

from dataclasses import dataclass

from offers.model.ids import ProgrammeId
from offers.store.store import Store


@dataclass(frozen=True, slots=True)
class OpenTelegram:
    """False when nobody has that Telegram account."""

    store: Store

    async def __call__(self, programme_id: ProgrammeId, telegram_id: int, *, is_open: bool) -> bool:
        return await self.store.reading.members.open_telegram(programme_id, telegram_id, is_open=is_open)
