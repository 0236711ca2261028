"""What a device keeps: its passes, and what it said on the lock screen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sandbox.phone.opened import OpenedPass


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldPass:
    """A pass on the device. `last_modified` is the service's own header, sent back as it came."""

    opened: OpenedPass
    added_at: datetime
    changed_at: datetime
    last_modified: str | None = None
    is_registered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A line on the lock screen: in the device's language, and in every language for whoever looks on."""

    number: int
    serial: str
    text: str
    texts: Mapping[str, str]
    titles: Mapping[str, str]
    at: datetime
