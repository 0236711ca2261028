"""Segments that scoring puts members into: nine named ones, and clusters by their numbers; what each is in words."""

import re
from dataclasses import dataclass
from enum import StrEnum

from offers.model.programme import LocalText

RFM, CLUSTER = "rfm:", "cluster:"
COMPUTED_SEGMENTS = (RFM, CLUSTER)
"""How the names of segments begin that scoring puts members into; nobody else does."""
_CLUSTER_NAME = re.compile(r"cluster:(0|[1-9]\d{0,8})", re.ASCII)


class Segment(StrEnum):
    """Every member with scores is in exactly one; `scoring.segments.words` has what a marketer reads."""

    CHAMPIONS = "champions"
    LOYAL = "loyal"
    BIG_BASKETS = "big_baskets"
    PROMISING = "promising"
    NEW = "new"
    SLIPPING = "slipping"
    SLEEPING = "sleeping"
    ONE_TIME = "one_time"
    LOST = "lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentTold:
    """One segment of a night: `code` is what conditions name, `members` how many are in it."""

    code: str
    title: LocalText
    description: LocalText
    members: int


def is_computed(name: str) -> bool:
    """Tell whether a name is one of scoring's, were it only by how it begins."""
    return name.startswith(COMPUTED_SEGMENTS)


def can_exist(name: str) -> bool:
    """Tell whether anybody could ever be in a segment of this name. Any cluster may come; named segments are nine."""
    if name.startswith(RFM):
        return name.removeprefix(RFM) in set(Segment)
    return not name.startswith(CLUSTER) or _CLUSTER_NAME.fullmatch(name) is not None
