"""Export a member: everything that is kept on them, as it stands at one instant."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from math import ceil
from typing import Any

from offers.engine.phone_codes import daily_quota
from offers.model.clock import Clock
from offers.model.member import Member
from offers.model.phone_errors import QuotaUsedUp
from offers.store.store import Store

PER_DAY = 3


@dataclass(frozen=True, slots=True)
class ExportMember:
    """Three times a day for each member, for it reads a great deal; nothing is written but that count."""

    store: Store
    clock: Clock

    async def allow(self, member: Member) -> None:
        """Count one export. Raises QuotaUsedUp."""
        at = self.clock()
        quota = daily_quota(f"export:{member.id}", PER_DAY, at)
        if not await self.store.reading.quotas.take(quota):
            raise QuotaUsedUp(retry_after_s=ceil((quota.ends_at - at).total_seconds()))

    async def __call__(self, member: Member) -> AsyncIterator[tuple[str, dict[str, Any]]]:
        """Tell every document with its section; however long the history, memory stays flat."""
        async with self.store.snapshot() as work:
            others = await work.exports.merged_into(member.id)
            async for section, document in work.exports.sections(member, others):
                yield section, document
