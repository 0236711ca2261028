"""Issuing a card of a design to many members: whom, how far it is, and what came of it."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from offers.model.ids import MemberId, ProgrammeId


class AtGoogle(StrEnum):
    """For whose new cards an object is put at Google at once, behind everything else that waits for Google."""

    HOLDERS = "holders"
    EVERYBODY = "everybody"
    NOBODY = "nobody"


class Skipped(StrEnum):
    """Why a member got no card."""

    HAS_ONE = "has_one"
    MERGED = "merged"


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueWish:
    """Whom to give a card of a design: all members, those of a segment, those who came by a source (`import`…)."""

    design: str
    segment: str | None = None
    source: str | None = None
    at_google: AtGoogle = AtGoogle.HOLDERS


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuance:
    """A walk over the members in the order of their ids. `after` is the last one looked at; `ended_at`: it is done.

    `google` counts the objects asked for. A walk broken off goes on where it was.
    """

    programme_id: ProgrammeId
    wish: IssueWish
    begun_at: datetime
    after: MemberId = MemberId("")  # noqa: RUF009 - a constant
    issued: int = 0
    google: int = 0
    skipped: dict[Skipped, int] = field(default_factory=dict)
    ended_at: datetime | None = None

    @property
    def looked_at(self) -> int:
        return self.issued + sum(self.skipped.values())
