"""Look at how far a programme's updates are behind."""

import statistics
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from offers.model.clock import Clock
from offers.model.ids import ProgrammeId
from offers.model.lag import DoneUpdates, Lag, WaitingUpdates
from offers.model.message import Lane, Priority
from offers.store.store import Store

LOOK_BACK = timedelta(hours=1)
GOOGLE_QUOTA = "google:"


@dataclass(frozen=True, slots=True)
class LookAtLag:
    store: Store
    clock: Clock

    async def __call__(self, programme_id: ProgrammeId) -> Lag:
        """Count what waits now, and time what was done in the last hour."""
        at, reading = self.clock(), self.store.reading
        waiting = await reading.lags.waiting(programme_id)
        done = await reading.lags.done(programme_id, since=at - LOOK_BACK)
        pauses = await reading.paces.rests_until(GOOGLE_QUOTA)
        return Lag(
            at=at,
            waiting=tuple(_waiting(row, at) for row in waiting),
            done=tuple(_done(lane, rows) for lane in Lane if (rows := [row for row in done if row["lane"] == lane])),
            pauses=tuple((key, until) for key, until in sorted(pauses.items()) if until > at),
        )


def _waiting(row: dict[str, Any], at: datetime) -> WaitingUpdates:
    return WaitingUpdates(
        lane=Lane(row["_id"]["lane"]),
        priority=Priority(row["_id"]["priority"]),
        waiting=row["waiting"],
        failing=row["failing"],
        oldest_s=max(0.0, (at - row["oldest"]).total_seconds()),
    )


def _done(lane: Lane, rows: list[dict[str, Any]]) -> DoneUpdates:
    delivered = [row for row in rows if row["state"] == "delivered"]
    took_s = sorted((row["ended_at"] - row["created_at"]).total_seconds() for row in delivered)
    return DoneUpdates(
        lane=lane,
        delivered=len(delivered),
        dropped=len(rows) - len(delivered),
        median_s=statistics.median(took_s) if took_s else None,
        p99_s=took_s[min(len(took_s) - 1, int(len(took_s) * 0.99))] if took_s else None,
    )
