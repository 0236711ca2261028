"""What waits to leave the house: outbox items by lane, what became of them, and the port every channel fills."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any, Protocol

from offers.model.ids import MemberId, ProgrammeId


class Lane(StrEnum):
    """One queue each, so that a channel that is down delays only itself."""

    EVENTS = "events"
    APPLE = "apple"
    GOOGLE = "google"
    TELEGRAM = "telegram"
    UPDATES = "updates"
    SMS = "sms"


class Priority(IntEnum):
    """What goes first inside a lane; what stands behind keeps a share of every batch, so that it never starves."""

    BALANCE = 0
    BANNER = 1
    BULK = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxItem:
    """One thing to do, once. `key` is unique for ever; `fence` rises with every claim, so a late worker is refused.

    What is asked for anew while it waits keeps its key and gets another `revision`: then one doing is enough for all
    askings, and an asking that came during the doing is done after a rest of `rest_s`.
    """

    key: str
    lane: Lane
    kind: str
    programme_id: ProgrammeId
    member_id: MemberId
    payload: dict[str, Any]
    created_at: datetime
    due_at: datetime
    attempts: int = 0
    fence: int = 0
    priority: Priority = Priority.BALANCE
    revision: int = 0
    rest_s: float = 0.0

    @property
    def record_key(self) -> str:
        """Under what name its delivery is remembered: of what is asked for again and again, each version."""
        return f"{self.key}:v{self.payload['version']}" if self.revision else self.key


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """It is done; `note` says how (a provider's id, `nothing to do`)."""

    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryLater:
    """It failed for now. `payload` replaces the item's when part of the work is done.

    `whole_lane` is true when the provider asked everybody to wait: the lane pauses for `after_s`.
    `after_s` None leaves the pause to the worker's backoff.
    """

    reason: str
    after_s: float | None = None
    payload: dict[str, Any] | None = None
    whole_lane: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """It can never succeed (blocked bot, deleted card); kept with its reason."""

    reason: str


Outcome = Delivered | RetryLater | Dropped


class Channel(Protocol):
    """A way out. `deliver` answers one outcome per item, in order; it raises only on a bug."""

    @property
    def lane(self) -> Lane: ...

    async def deliver(self, items: Sequence[OutboxItem]) -> Sequence[Outcome]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What became of an item, kept for reports."""

    key: str
    lane: Lane
    kind: str
    programme_id: ProgrammeId
    member_id: MemberId
    state: str
    note: str
    attempts: int
    created_at: datetime
    ended_at: datetime
    payload: dict[str, Any] = field(default_factory=dict)
