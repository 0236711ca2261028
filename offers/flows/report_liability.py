"""Report liability: what the programme owes its members, how it came to that, and what was never spent."""

from dataclasses import dataclass
from datetime import datetime

from offers.engine.liability import liability
from offers.model.clock import Clock
from offers.model.ledger import POINTS
from offers.model.liability import LiabilityReport
from offers.model.programme import Programme
from offers.store.store import Store


@dataclass(frozen=True, slots=True)
class ReportLiability:
    """Report a period by when entries were recorded, so a period that is over never changes.

    The ledger and the accounts are seen at one instant. Up to now, the report also says whether the accounts hold what
    the ledger says; lots that ran out and were not swept yet are still open in both.
    """

    store: Store
    clock: Clock

    async def __call__(
        self, programme: Programme, *, since: datetime, until: datetime | None = None, currency: str = POINTS
    ) -> LiabilityReport:
        now = self.clock()
        end = until or now
        async with self.store.snapshot() as work:
            ledger = work.ledger
            whole = datetime.max.replace(tzinfo=now.tzinfo) if until is None else until
            sums = await ledger.sums(programme.id, currency, zone=programme.zone, since=since, until=whole)
            held = await ledger.held(programme.id, currency) if until is None else None
        return liability(sums, currency=currency, since=since, until=end, held=held)
