"""Points given or taken by a person of the staff, with a reason, and above a limit by two."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from offers.model.ids import MemberId, ProgrammeId


class AdjustmentState(StrEnum):
    WAITING = "waiting"
    APPLIED = "applied"
    REFUSED = "refused"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """One adjustment, signed. `key` names the request for ever; a `state_at` tells whether a waiting one lapsed.

    `decided_by` is who approved or refused it; None while it waits, and for one that needed nobody else.
    """

    id: str
    programme_id: ProgrammeId
    member_id: MemberId
    currency: str
    points: int
    reason: str
    staff_id: str
    key: str
    asked_at: datetime
    lapses_at: datetime
    state: AdjustmentState
    decided_by: str | None = None
    decided_at: datetime | None = None

    def state_at(self, at: datetime) -> AdjustmentState:
        """Give the state: who waits too long has lapsed, whether anybody noted it or not."""
        lapsed = self.state is AdjustmentState.WAITING and at >= self.lapses_at
        return AdjustmentState.LAPSED if lapsed else self.state
