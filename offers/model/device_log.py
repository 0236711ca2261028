"""A line a phone wrote to the log of the pass web service."""

from dataclasses import dataclass
from datetime import datetime

from offers.model.ids import ProgrammeId


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceLog:
    """`programme_id` is whose card the line names; None: it names none of ours."""

    text: str
    received_at: datetime
    programme_id: ProgrammeId | None = None
