"""Keep what Google has of a class, so that all processes together tell it of a change once."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from offers.model.clock import Clock
from offers.store.store import Store

TELLING_S = 60.0
"""How long a process may take to tell Google of a class before another one does."""


@dataclass(frozen=True, slots=True)
class KeepClass:
    store: Store
    clock: Clock

    async def known(self, class_id: str) -> dict[str, Any] | None:
        """Give the body Google is known to have; None when it is not known to have any."""
        return await self.store.reading.google_classes.body(class_id)

    async def claim(self, class_id: str) -> bool:
        """Take the telling upon this process; False while another one has it. It falls free again after a minute."""
        at = self.clock()
        return await self.store.reading.google_classes.claim(class_id, until=at + timedelta(seconds=TELLING_S), at=at)

    async def told(self, class_id: str, body: dict[str, Any]) -> None:
        await self.store.reading.google_classes.release(class_id, body)

    async def not_told(self, class_id: str) -> None:
        """Let others try: Google did not take it."""
        await self.store.reading.google_classes.release(class_id, None)

    async def forget(self, class_id: str) -> None:
        """Google says that it has no such class: the next telling is of the whole."""
        await self.store.reading.google_classes.forget(class_id)
