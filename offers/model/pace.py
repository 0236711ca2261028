"""How fast a provider may be asked, by all processes together."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """At most `calls` in any `window_s` seconds. What is granted is good for `good_for_s` seconds only."""

    calls: int
    window_s: float = 1.0
    good_for_s: float = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """`calls` may be made until `until`; when that is 0, there is room again after `wait_s`.

    `asked_at` is the time by the clock that keeps the quota, so that `until` can be told on any other clock.
    """

    calls: int
    asked_at: datetime
    until: datetime
    wait_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Resting:
    """A provider that asked for patience: nothing is granted before `until`."""

    key: str
    until: datetime
