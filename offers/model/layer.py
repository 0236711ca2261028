"""A layer: what is put on cards for a time, over their design; when the time is over, the design shows again."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType

from offers.model.ids import CardId, ProgrammeId
from offers.model.programme import LocalText

LayerId = NewType("LayerId", str)

DEFAULT_PRIORITY = 50
MAX_PRIORITY = 100
MAX_COMMON_LAYERS = 200
"""Layers of a programme for everybody and for segments that are not over."""
MAX_LAYERS_PER_CARD = 20


class LayerScope(StrEnum):
    EVERYBODY = "everybody"
    SEGMENT = "segment"
    CARD = "card"


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerColours:
    """The colours a layer exchanges, `#rrggbb`; None keeps the one below."""

    background: str | None = None
    foreground: str | None = None
    label: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerParts:
    """What a layer puts on a card; None (and an empty colour) keeps what is below.

    `banner` is the digest of a kept picture. `discount_bp` is only shown: what a purchase costs is for offers to say.
    """

    banner: str | None = None
    text: LocalText | None = None
    colours: LayerColours = field(default_factory=LayerColours)
    discount_bp: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """On while `starts_at <= t < ends_at`; `ended_at` says that it was ended before its time.

    `cause_key` names why it is there: putting twice under one key is putting once. `segment` and `card_id` go with
    their scopes; `design` None puts it on cards of every design. Of several layers the higher `priority` is shown, then
    the one that started later, then the greater id; parts they do not share are shown together. `edition` rises with
    every change.
    """

    id: LayerId
    programme_id: ProgrammeId
    cause_key: str
    scope: LayerScope
    segment: str | None = None
    card_id: CardId | None = None
    design: str | None = None
    priority: int = DEFAULT_PRIORITY
    starts_at: datetime
    ends_at: datetime | None = None
    parts: LayerParts
    created_at: datetime
    edition: int = 1
    ended_at: datetime | None = None

    @property
    def over_at(self) -> datetime | None:
        """The first instant it is not on any more; None: it stays until it is ended."""
        ends = [end for end in (self.ends_at, self.ended_at) if end is not None]
        return min(ends) if ends else None

    def is_on(self, at: datetime) -> bool:
        return self.starts_at <= at and (self.over_at is None or at < self.over_at)

    @property
    def target(self) -> str:
        """Whom it is for, in one word: `everybody`, `segment:<name>` or `card:<id>`."""
        match self.scope:
            case LayerScope.EVERYBODY:
                return "everybody"
            case LayerScope.SEGMENT:
                return f"segment:{self.segment}"
            case LayerScope.CARD:
                return f"card:{self.card_id}"
