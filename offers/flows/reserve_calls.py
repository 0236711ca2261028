"""Reserve calls to a provider, within one quota for all processes on all machines."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from offers.model.clock import Clock
from offers.model.pace import Grant, Quota
from offers.store.store import Store


@dataclass(frozen=True, slots=True)
class ReserveCalls:
    """`key` names the quota, `google:<issuer>`. Without a clock the database's own time counts, one for all."""

    store: Store
    key: str
    quota: Quota
    clock: Clock | None = None

    async def __call__(self, most: int) -> Grant:
        """Take up to `most` calls for now, or learn when there will be room. A process that dies loses only these."""
        return await self.store.reading.paces.take(
            self.key, self.quota, most=most, claim=secrets.token_hex(6), at=self._at()
        )

    async def rest(self, seconds: float) -> None:
        """Keep every process from calling for so long."""
        await self.store.reading.paces.rest(self.key, seconds, at=self._at())

    def _at(self) -> datetime | None:
        return self.clock() if self.clock else None
