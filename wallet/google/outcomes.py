"""What became of a request to Google, as values that a delivery worker can match on."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """Google has it. `quiet` tells that the daily quota of notifications made us send it without one."""

    body: dict[str, Any]
    quiet: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryLater:
    """Nothing is wrong with the request: ask again after so many seconds."""

    after_s: float
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Asking again changes nothing; `code` is stable, `reason` says what a person must do."""

    code: str
    reason: str


Outcome = Done | RetryLater | Refused
