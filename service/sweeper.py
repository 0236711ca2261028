"""The sweeper: once a minute it notes what ran out and what became active, reminds of ends, and clears old holds."""

import asyncio
from dataclasses import dataclass

import structlog
from pymongo.errors import PyMongoError

from offers.flows.expire_lots import ExpireLots
from offers.flows.look_at_stale import HealStale
from offers.flows.release_hold import ReleaseHold
from offers.flows.remind_of_expiry import RemindOfExpiry
from offers.flows.review_levels import Reviewed, ReviewLevels
from offers.flows.sweep_limits import SweepLimits
from offers.model.clock import Clock
from offers.model.shown import StaleTerms
from offers.store.store import Store

PAUSE_S = 60.0

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Sweeper:
    """Bookkeeping and reminders; no decision waits for it, and any number of processes may run one."""

    store: Store
    clock: Clock
    pause_s: float = PAUSE_S
    stale: StaleTerms = StaleTerms()  # noqa: RUF009 -- frozen

    async def run(self) -> None:
        """Sweep until cancelled; a lost database is waited for."""
        while True:
            try:
                await self.step()
            except PyMongoError as error:
                _log.warning("sweeper cannot reach the database", error=str(error))
            except Exception:  # noqa: BLE001 - bookkeeping must not stop the tills; the log keeps the bug whole
                _log.exception("sweeper failed")
            await asyncio.sleep(self.pause_s)

    async def step(self) -> None:
        """Do one round over everything that is due."""
        swept = await ExpireLots(self.store, self.clock)()
        released = await ReleaseHold(self.store, self.clock).lapsed()
        reminded, levels = 0, Reviewed()
        for programme in await self.store.reading.programmes.all():
            reminded += await RemindOfExpiry(self.store, self.clock)(programme)
            levels += await ReviewLevels(self.store, self.clock)(programme)
        healed = await HealStale(self.store, self.clock, self.stale)()
        if healed:
            _log.info("told silent cards once more", cards=healed)
        limits = await SweepLimits(self.store, self.clock)()
        if limits.released or limits.mended or limits.expired:
            _log.info("swept limits", released=limits.released, mended=limits.mended, expired=limits.expired)
        if levels.lost or levels.warned:
            _log.info("reviewed levels", lost=levels.lost, warned=levels.warned)
        if swept.accounts or reminded or released:
            _log.info(
                "swept",
                accounts=swept.accounts,
                expired=swept.points_expired,
                activated=swept.lots_activated,
                busy=swept.busy,
                reminded=reminded,
                holds_released=released,
            )
