"""The discount level a member holds, and the rules by which levels are kept and lost."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class LevelPeriod(StrEnum):
    """Over what time spend counts towards a level, and for how long a reached level is held."""

    LIFETIME = "lifetime"
    ROLLING = "rolling"
    CALENDAR_YEAR = "calendar_year"


class Downgrade(StrEnum):
    """What happens to a level that was not reached again: kept, one level down, or down to what was reached."""

    NEVER = "never"
    ONE_STEP = "one_step"
    TO_REACHED = "to_reached"


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelRules:
    period: LevelPeriod = LevelPeriod.LIFETIME
    rolling_days: int = 365
    downgrade: Downgrade = Downgrade.ONE_STEP
    grace_days: int = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldLevel:
    """The key of the level held (None: none), since when, and until when it is safe (None: for ever).

    From `safe_until` on, the grace days run; after them the level is lost unless it was reached again.
    """

    level: str | None
    since: datetime
    safe_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelStanding:
    """What counts towards the levels at an instant, and the level held then; `held` None: the spend alone decides."""

    spend_minor: int
    held: HeldLevel | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What is left of a purchase, and when it was made."""

    at: datetime
    minor: int
