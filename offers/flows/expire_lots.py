"""Expire lots: the sweeper. It notes what ran out or became active, and tells the members' cards."""

from dataclasses import dataclass

from offers.engine.bookkeeping import catch_up
from offers.flows.keep_movements import keep_movements
from offers.flows.tell_outbox import balance_item
from offers.model.clock import Clock
from offers.model.errors import Busy
from offers.model.events import BalanceReason
from offers.model.ledger import Account, EntryKind
from offers.store.store import Store
from offers.store.work import Work

BATCH = 200
MAX_BATCHES = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """What one round came to. `busy` accounts had a till at work and are left for the next round."""

    accounts: int
    points_expired: int
    lots_activated: int
    busy: int

    def __add__(self, other: "Swept") -> "Swept":
        return Swept(
            accounts=self.accounts + other.accounts,
            points_expired=self.points_expired + other.points_expired,
            lots_activated=self.lots_activated + other.lots_activated,
            busy=self.busy + other.busy,
        )


_NOTHING = Swept(accounts=0, points_expired=0, lots_activated=0, busy=0)
_BUSY = Swept(accounts=0, points_expired=0, lots_activated=0, busy=1)


@dataclass(frozen=True, slots=True)
class ExpireLots:
    """Sweep every account that is due, found by index, each in a transaction of its own.

    Bookkeeping alone: a programme that never sweeps decides the same, for every flow catches up first. Any number of
    sweepers may run; the second finds nothing to do.
    """

    store: Store
    clock: Clock

    async def __call__(self) -> Swept:
        """Work off what is due now; give what it came to. A round ends after 100,000 accounts of each kind at most."""
        swept = _NOTHING
        for field in ("next_expiry_at", "next_activation_at"):
            for _ in range(MAX_BATCHES):
                due = await self.store.reading.accounts.due(field, before=self.clock(), limit=BATCH)
                batch = _NOTHING
                for account in due:
                    batch += await self._sweep(account)
                swept += batch
                if len(due) < BATCH or not batch.accounts:
                    break
        return swept

    async def _sweep(self, due: Account) -> Swept:
        try:
            return await self.store.transact(lambda work: self._catch_up(work, due))
        except Busy:
            return _BUSY

    async def _catch_up(self, work: Work, due: Account) -> Swept:
        account = await work.accounts.claim(due.member_id, due.programme_id, due.currency)
        at = self.clock()
        movements = catch_up(account, at)
        expired = -sum(movement.points for movement in movements)
        activated = [movement.shares[0] for movement in movements if movement.kind is EntryKind.ACTIVATION]
        account = await keep_movements(work, account, movements, cause="sweep", effective_at=at, at=at)
        if expired:
            await work.outbox.put([balance_item(account, BalanceReason.EXPIRED, -expired, at=at)])
        elif activated:
            points = sum(lot.remaining for lot in activated)
            await work.outbox.put([balance_item(account, BalanceReason.ACTIVATED, points, at=at)])
        return Swept(accounts=1, points_expired=expired, lots_activated=len(activated), busy=0)
