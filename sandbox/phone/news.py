"""What a device has to tell whoever looks over its shoulder."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Verb = Literal[
    "added",
    "failed",
    "fetched",
    "listed",
    "noticed",
    "pushed",
    "refused",
    "registered",
    "removed",
    "silent",
    "unregistered",
    "verified",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceNews:
    """One step of the device. `serial` names the pass it is about, where there is one."""

    verb: Verb
    at: datetime
    serial: str | None = None
    facts: Mapping[str, str | int] = field(default_factory=dict)
