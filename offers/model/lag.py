"""How far updates are behind: what waits in each lane, since when, and how long the latest took."""

from dataclasses import dataclass
from datetime import datetime

from offers.model.message import Lane, Priority


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingUpdates:
    """What of a programme waits in a lane at a priority; `oldest_s` since the first of it was asked for."""

    lane: Lane
    priority: Priority
    waiting: int
    failing: int
    oldest_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DoneUpdates:
    """What a lane did in the last hour, and how long that took from the change on; None where nothing was delivered.

    The times are those of the newest thousands, where there were more.
    """

    lane: Lane
    delivered: int
    dropped: int
    median_s: float | None
    p99_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lag:
    """`pauses` are providers that asked for patience, each with the end of it."""

    at: datetime
    waiting: tuple[WaitingUpdates, ...]
    done: tuple[DoneUpdates, ...]
    pauses: tuple[tuple[str, datetime], ...]
