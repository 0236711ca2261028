"""Keep and read what phones complain of: the only word there is from the far side of Apple Wallet."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from offers.model.clock import Clock
from offers.model.device_log import DeviceLog
from offers.model.ids import ProgrammeId
from offers.store.store import Store

MAX_KEPT = 20_000
"""Beyond these the oldest are forgotten, and after 30 days all are."""
MAX_READ = 500
_SERIAL = re.compile(r"\b[0-9a-f]{32}\b")


@dataclass(frozen=True, slots=True)
class DeviceLogs:
    """Whose card a line speaks of is found by the serial in it; a line without one is everybody's."""

    store: Store
    clock: Clock

    async def keep(self, lines: Sequence[str]) -> None:
        serials = sorted({serial for line in lines for serial in _SERIAL.findall(line)})
        owners = {card.serial: card.programme_id for card in await self.store.reading.cards.by_serials(serials)}
        at = self.clock()
        logs = [DeviceLog(text=line, received_at=at, programme_id=_owner(line, owners)) for line in lines]
        await self.store.reading.device_logs.keep(logs, limit=MAX_KEPT)

    async def read(self, programme_id: ProgrammeId, *, before: datetime | None, limit: int) -> list[DeviceLog]:
        """Give the newest lines about cards of the programme, and those that name no card."""
        return await self.store.reading.device_logs.newest(programme_id, before=before, limit=min(limit, MAX_READ))


def _owner(line: str, owners: dict[str, ProgrammeId]) -> ProgrammeId | None:
    return next((owners[serial] for serial in _SERIAL.findall(line) if serial in owners), None)
