"""Keep a Telegram update: once, before it is acknowledged, with the work it asks for."""

from dataclasses import dataclass
from typing import Any

from offers.model.clock import Clock
from offers.model.ids import MemberId, ProgrammeId
from offers.model.message import Lane, OutboxItem
from offers.store.store import Store
from offers.store.work import Work

UPDATE_RECEIVED = "update_received"
NOBODY = MemberId("")
"""An update belongs to a chat; whether a member stands behind it is found out when it is handled."""


@dataclass(frozen=True, slots=True)
class KeepUpdate:
    """Keep the raw update and put it on the lane of updates, together. False when it was kept before."""

    store: Store
    clock: Clock

    async def __call__(self, programme_id: ProgrammeId, bot_id: int, raw: dict[str, Any]) -> bool:
        """Take an update as Telegram tells it; its `update_id` is an integer."""
        return await self.store.transact(lambda work: self._keep(work, programme_id, bot_id, raw))

    async def _keep(self, work: Work, programme_id: ProgrammeId, bot_id: int, raw: dict[str, Any]) -> bool:
        at = self.clock()
        update_id: int = raw["update_id"]
        if not await work.updates.keep(bot_id, update_id, raw, at=at):
            return False
        item = OutboxItem(
            key=f"telegram:{bot_id}:{update_id}",
            lane=Lane.UPDATES,
            kind=UPDATE_RECEIVED,
            programme_id=programme_id,
            member_id=NOBODY,
            payload={"bot_id": bot_id, "raw": raw},
            created_at=at,
            due_at=at,
        )
        await work.outbox.put([item])
        return True
