"""How a person came to the programme: what a poster or a link said, and the marks of the campaign behind it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """`source` is what `?src=` or `utm_source` named; the others are the `utm_…` marks beside it, None where none was.

    A member brought by another keeps both: their `source` names the referral, their arrival where the link was seen.
    """

    source: str
    medium: str | None = None
    campaign: str | None = None
    term: str | None = None
    content: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCount:
    """The members one source brought, with what they did since; `referred` of them came by another member's link."""

    source: str
    medium: str | None
    campaign: str | None
    members: int
    referred: int
    verified: int
    buyers: int
    purchases: int
    spend_minor: int
    first_at: datetime
    last_at: datetime
