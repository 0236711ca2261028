"""Throttles: how long a device, a member or an outlet has to wait after guessing codes."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Guesser(StrEnum):
    """Who is held back: the device a code came from, the member it was for, the outlet it was typed at."""

    DEVICE = "device"
    MEMBER = "member"
    OUTLET = "outlet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Penalty:
    """The first `free` guesses cost nothing, the next one a pause of `first_s`, every further one `factor` times more.

    A pause is `most_s` long at most; guesses are forgotten after `forget_s` without one.
    """

    free: int
    first_s: int
    factor: int
    most_s: int
    forget_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Throttle:
    """One guesser's guesses so far, and until when it has to wait."""

    key: str
    strikes: int
    struck_at: datetime
    until: datetime
