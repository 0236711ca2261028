"""Quotas: how often something may be done in a stretch of time, counted in the database for all processes."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """At most `limit` times under `key`, which names the stretch; it ends at `ends_at`, and nothing is left of it."""

    key: str
    limit: int
    ends_at: datetime
